import type { SigningKey } from '@kakunin/x509';
import { SlicedLine } from '../signing/sliced-line.ts';
import type { Figures } from '../worker/figures.ts';
import { DeviceAnswers } from './device-answers.ts';
import type { LiveQuestion } from './live-question.ts';
import type { LiveSteps } from './live-steps.ts';

export interface LiveAnswersInput {
  readonly steps: LiveSteps;
  readonly figures: Figures;
  /** Most questions that wait: for this thread, and for each key in a device. */
  readonly queueLimit: number;
  /** How long a key in a device may take, ms. */
  readonly signingLimit: number;
  /** Told of what nobody foresaw. */
  readonly onFault: (asked: LiveQuestion, error: unknown) => void;
}

/** Answers that are signed for those who ask. Questions wait in the line of their key, one caller after the other. */
export class LiveAnswers {
  readonly #input: LiveAnswersInput;
  /** For all keys that sign on this thread. */
  readonly #here: SlicedLine<LiveQuestion>;
  readonly #devices = new Map<SigningKey, DeviceAnswers>();

  constructor(input: LiveAnswersInput) {
    this.#input = input;
    this.#here = new SlicedLine({
      limit: input.queueLimit,
      serve: (asked) => this.#serveHere(asked),
      overflow: ({ call }) => call.refuse('overloaded'),
    });
  }

  /** Questions that wait. */
  get waiting(): number {
    let waiting = this.#here.length;
    for (const device of this.#devices.values()) waiting += device.waiting;
    return waiting;
  }

  /** @param key that will most likely sign; another one may when it is the question's turn */
  enter(asked: LiveQuestion, key: SigningKey): void {
    if (key.signNow) this.#here.enter(asked.customer.platformProvider, asked);
    else this.#deviceOf(key).enter(asked);
  }

  #serveHere(asked: LiveQuestion): void {
    try {
      this.#answerHere(asked);
    } catch (error) {
      this.#input.onFault(asked, error);
    }
  }

  #answerHere(asked: LiveQuestion): void {
    const { steps, figures } = this.#input;
    const drafted = steps.draft(asked);
    if (!drafted) return;
    const { key } = drafted.terms.signer;
    if (!key.signNow) return this.enter(asked, key);
    const started = performance.now();
    let signature: Uint8Array;
    try {
      signature = key.signNow(drafted.draft.octets.tbs);
    } catch (error) {
      return steps.fail([asked], drafted, error);
    }
    figures.signed((performance.now() - started) / 1000);
    steps.give([asked], drafted, signature);
  }

  #deviceOf(key: SigningKey): DeviceAnswers {
    const known = this.#devices.get(key);
    if (known) return known;
    // A key is another object once its files have changed.
    for (const [old, device] of this.#devices) if (device.isIdle) this.#devices.delete(old);
    const device = new DeviceAnswers(key, { ...this.#input, onMoved: (asked, other) => this.enter(asked, other) });
    this.#devices.set(key, device);
    return device;
  }
}
