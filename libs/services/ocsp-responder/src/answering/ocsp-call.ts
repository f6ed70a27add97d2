import type { Purpose, UsageEvent } from '@kakunin/usage';
import type { SignedAnswer } from '../signing/answers.ts';
import type { Connection } from './caller.ts';

/** A request as it came in, whatever the transport. */
export interface OcspCall {
  readonly connection: Connection;
  /** Code of the service provider; empty when the platform provider asks for itself. */
  readonly serviceProvider: string;
  readonly purpose: Purpose;
  /** DER of the OCSPRequest, or whatever was sent instead. */
  readonly body: Uint8Array;
}

/** A signed answer whose usage is recorded. */
export interface OcspAnswer extends SignedAnswer {
  readonly hasNonce: boolean;
  /** What it counts as: one event a SingleResponse. */
  readonly usage: readonly UsageEvent[];
}
