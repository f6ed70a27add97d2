import { RetryingChecker } from '../support/retrying-checker.ts';
import { SERVICE_PROVIDER } from '../support/private-authority.ts';
import { FaultFailure } from './fault-failure.ts';

/** Callers that ask again until they are answered, for the service provider. */
const PATIENT = 6;
/** For that long: the responder knows a request again for 60 s (the retry window). */
const PATIENCE_MS = 55_000;
/** Callers that ask once and go on, for the platform provider itself: what they gave up may have been recorded or not. */
const IMPATIENT = 2;

export interface LoadInput {
  readonly ocspUrl: string;
  readonly authorityFile: string;
  readonly serialNumber: string;
}

/** What reached the callers. */
export interface LoadTotals {
  /** Definite answers to patient callers: exactly as many must be counted, when none was unanswered. */
  patient: number;
  /** Requests of patient callers that got no definite answer in all that time: at most so many may be counted beyond. */
  unanswered: number;
  /** Definite answers to impatient callers: at least as many must be counted. */
  impatient: number;
  /** Requests that got no definite answer, and were not sent again: at most so many may be counted beyond. */
  abandoned: number;
}

/** Platform providers that ask all the time, except while it is paused. */
export class Load {
  readonly totals: LoadTotals = { patient: 0, unanswered: 0, impatient: 0, abandoned: 0 };
  readonly #input: LoadInput;
  #asking: Promise<unknown> | undefined;
  #pausing = false;

  constructor(input: LoadInput) {
    this.#input = input;
  }

  start(): void {
    this.#pausing = false;
    const { ocspUrl, authorityFile } = this.#input;
    const patient = Array.from({ length: PATIENT }, () =>
      this.#askPatiently(new RetryingChecker(`${ocspUrl}/${SERVICE_PROVIDER}`, authorityFile)),
    );
    const impatient = Array.from({ length: IMPATIENT }, () =>
      this.#askImpatiently(new RetryingChecker(ocspUrl, authorityFile)),
    );
    this.#asking = Promise.all([...patient, ...impatient]);
    // Heard when it is paused.
    this.#asking.catch(() => undefined);
  }

  /** Resolves when nothing is under way any more. @throws what a caller found wrong */
  async pause(): Promise<void> {
    this.#pausing = true;
    await this.#asking;
  }

  async #askPatiently(checker: RetryingChecker): Promise<void> {
    while (!this.#pausing) {
      const status = await checker.checkWithin(this.#input.serialNumber, PATIENCE_MS);
      this.totals[status === undefined ? 'unanswered' : 'patient'] += 1;
      if (status !== undefined) mustBeGood(status);
    }
  }

  async #askImpatiently(checker: RetryingChecker): Promise<void> {
    while (!this.#pausing) {
      const status = await checker.checkWithin(this.#input.serialNumber, 0);
      if (status === undefined) {
        this.totals.abandoned += 1;
        // Whoever gives up at once would give up thousands of times before the responder is back.
        await new Promise((resolve) => setTimeout(resolve, 20));
        continue;
      }
      mustBeGood(status);
      this.totals.impatient += 1;
    }
  }
}

function mustBeGood(status: string): void {
  if (status !== 'good') throw new FaultFailure(`A good certificate was answered to be ${status}.`);
}
