import type { Clock } from '@kakunin/calendar';
import type { ResponseHead } from '@kakunin/http-fast-path';
import type { RelyingPartyDirectory } from '@kakunin/relying-parties';
import type { DigestKeys } from '../metering/digest-keys.ts';
import type { ReceiptIssuer } from '../metering/receipt-issuer.ts';
import type { RecordingJournal } from '../metering/usage-recording.ts';
import type { Figures } from '../worker/figures.ts';
import type { CallerIdentification } from './caller-identification.ts';
import type { Signers } from './current-terms.ts';
import type { StatusSource } from './status-source.ts';

/** What the engine rests on. */
export interface OcspEngineInput {
  readonly clock: Clock;
  readonly callers: Pick<CallerIdentification, 'identify' | 'anonymous'>;
  /** Knows who may sign requests. */
  readonly directory: Pick<RelyingPartyDirectory, 'identify' | 'isComplete'>;
  readonly status: StatusSource;
  readonly signers: Signers;
  readonly journal: RecordingJournal;
  readonly digestKeys: Pick<DigestKeys, 'at'>;
  /** Undefined: nobody is given receipts. */
  readonly receipts: ReceiptIssuer | undefined;
  readonly figures: Figures;
  readonly log: { error(message: string, error: unknown): void };
  /** Head of a response to a POST: not to be cached. */
  readonly head: ResponseHead;
  readonly options: OcspEngineOptions;
}

export interface OcspEngineOptions {
  /** Status data older than this is not told, ms. */
  readonly statusMaxAge: number;
  /** Signed answers kept for requests without nonce. */
  readonly cachedAnswers: number;
  /** Oldest thisUpdate of an answer that is given again, ms. */
  readonly cachedAnswerMaxAge: number;
  /** Most certificates that one message may ask about. */
  readonly maxRequests: number;
  /** Most questions that wait for a signature: for this thread, and for each key in a device. */
  readonly signingQueueLimit: number;
  /** How long a key in a device may take, ms. */
  readonly signingLimit: number;
}
