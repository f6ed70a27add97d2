import type { Call } from './call.ts';
import type { Customer } from './caller-connection.ts';
import type { KnownAuthority } from './known-authority.ts';
import type { Question } from './question.ts';

/** A question that waits for its signature. */
export interface LiveQuestion {
  readonly call: Call;
  readonly customer: Customer;
  readonly question: Question;
  readonly authority: KnownAuthority;
}
