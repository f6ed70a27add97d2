import type { Logger } from 'pino';
import type { OcspMetrics } from '../metrics.ts';
import type { OcspAnswer, OcspCall } from './ocsp-call.ts';
import { isRefusal } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import type { Responder } from './responder.ts';

/** Counts what the responder says, and turns what nobody foresaw into `internalError`. */
export class ObservedResponder implements Pick<Responder, 'answer'> {
  readonly #responder: Pick<Responder, 'answer'>;
  readonly #metrics: OcspMetrics;
  readonly #logger: Logger;

  constructor(responder: Pick<Responder, 'answer'>, metrics: OcspMetrics, logger: Logger) {
    this.#responder = responder;
    this.#metrics = metrics;
    this.#logger = logger;
  }

  async answer(call: OcspCall): Promise<OcspAnswer | Refusal> {
    const started = performance.now();
    const result = await this.#answerOrFail(call);
    this.#metrics.took((performance.now() - started) / 1000);
    if (isRefusal(result)) this.#metrics.refused(result.refusal);
    else {
      this.#metrics.answered(result.source);
      for (const { outcome, certificateClass } of result.usage) this.#metrics.requested(outcome, certificateClass);
    }
    return result;
  }

  async #answerOrFail(call: OcspCall): Promise<OcspAnswer | Refusal> {
    try {
      return await this.#responder.answer(call);
    } catch (error) {
      this.#logger.error({ err: error }, 'an OCSP request failed for a reason that no code names');
      return { refusal: 'internal_error' };
    }
  }
}
