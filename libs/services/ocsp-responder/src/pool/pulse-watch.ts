import type { Pulse } from '../worker/pulse.ts';

export interface PulseWatchInput {
  readonly pulse: Pick<Pulse, 'beats'>;
  /** Looks in a row without a beat, of ours and not of the clock: a process that was stopped as a whole missed none. */
  readonly missedLooks: number;
  readonly onStill: () => void;
}

/** Tells of a pulse that stands still. */
export class PulseWatch {
  readonly #input: PulseWatchInput;
  #seen = -1;
  #missed = 0;

  constructor(input: PulseWatchInput) {
    this.#input = input;
  }

  look(): void {
    const { pulse, missedLooks, onStill } = this.#input;
    this.#missed = pulse.beats === this.#seen ? this.#missed + 1 : 0;
    this.#seen = pulse.beats;
    if (this.#missed < missedLooks) return;
    this.#missed = 0;
    onStill();
  }
}
