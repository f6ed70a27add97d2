import type { SigningKey } from '@kakunin/x509';
import { ParallelLine } from '../signing/parallel-line.ts';
import { signWithin } from '../signing/sign-within.ts';
import type { LiveAnswersInput } from './live-answers.ts';
import type { LiveQuestion } from './live-question.ts';
import type { Drafted } from './live-steps.ts';
import { isCacheable } from './question.ts';

export interface DeviceAnswersInput extends LiveAnswersInput {
  /** Told of a question that another key is to sign for by now. */
  readonly onMoved: (asked: LiveQuestion, key: SigningKey) => void;
}

/** A signature that is being made, and all who asked the same meanwhile. */
interface Signing {
  readonly drafted: Drafted;
  readonly askers: [LiveQuestion, ...LiveQuestion[]];
}

/** Of a device that does not say how many it makes at once. */
const PLACES = 4;

/** Answers signed by one key in a device: several at once, none of them on this thread. */
export class DeviceAnswers {
  readonly #key: SigningKey;
  readonly #input: DeviceAnswersInput;
  readonly #line: ParallelLine<LiveQuestion>;
  /** By the octets of a request that others may ask as well. */
  readonly #signing = new Map<string, Signing>();

  constructor(key: SigningKey, input: DeviceAnswersInput) {
    this.#key = key;
    this.#input = input;
    this.#line = new ParallelLine({
      limit: input.queueLimit,
      // More would wait there instead of here, where callers take turns.
      places: key.concurrency ?? PLACES,
      serve: (asked) => this.#serve(asked),
      overflow: ({ call }) => call.refuse('overloaded'),
      unserved: ({ call }) => call.refuse('signer_unavailable'),
    });
  }

  get waiting(): number {
    return this.#line.length;
  }

  get isIdle(): boolean {
    return this.#line.isIdle;
  }

  enter(asked: LiveQuestion): void {
    this.#line.enter(asked.customer.platformProvider, asked);
  }

  #serve(asked: LiveQuestion): Promise<boolean> | undefined {
    try {
      const drafted = this.#input.steps.draft(asked);
      if (!drafted) return undefined;
      const { key } = drafted.terms.signer;
      if (key !== this.#key) return void this.#input.onMoved(asked, key);
      return this.#joins(asked, drafted) ? undefined : this.#sign(asked, drafted);
    } catch (error) {
      return void this.#input.onFault(asked, error);
    }
  }

  /** Identical questions share a signature, unless status or terms have changed since it was asked for. */
  #joins(asked: LiveQuestion, { draft, terms }: Drafted): boolean {
    const running = this.#signing.get(nameOf(asked));
    if (!running) return false;
    const same =
      running.drafted.draft.generation === draft.generation &&
      running.drafted.terms.signer === terms.signer &&
      running.drafted.terms.policy === terms.policy;
    if (same) running.askers.push(asked);
    return same;
  }

  async #sign(asked: LiveQuestion, drafted: Drafted): Promise<boolean> {
    const { steps, onFault } = this.#input;
    const signing: Signing = { drafted, askers: [asked] };
    const name = nameOf(asked);
    if (name !== UNIQUE) this.#signing.set(name, signing);
    const signature = await this.#signatureFor(signing);
    if (this.#signing.get(name) === signing) this.#signing.delete(name);
    if (!signature) return false;
    try {
      steps.give(signing.askers, drafted, signature);
    } catch (error) {
      for (const each of signing.askers) onFault(each, error);
    }
    return true;
  }

  /** @returns undefined when the key failed, which everybody was told */
  async #signatureFor({ drafted, askers }: Signing): Promise<Uint8Array | undefined> {
    const { steps, figures, signingLimit } = this.#input;
    const started = performance.now();
    try {
      const signature = await signWithin(this.#key, drafted.draft.octets.tbs, signingLimit);
      figures.signed((performance.now() - started) / 1000);
      return signature;
    } catch (error) {
      steps.fail(askers, drafted, error);
      return undefined;
    }
  }
}

/** Of a question that nobody else asks. */
const UNIQUE = '';

const nameOf = ({ question }: LiveQuestion): string =>
  isCacheable(question) ? question.octets.toString('latin1') : UNIQUE;
