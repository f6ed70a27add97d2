interface Plan {
  /** When the next scheduled CRL is due; undefined until the newest one was looked at. */
  readonly nextPublication: number | undefined;
  /** When that was found. */
  readonly lookedAt: number;
  /** The earliest change that no CRL shows yet. */
  readonly changedAt: number | undefined;
  /** No new attempt before this. */
  readonly notBefore: number;
  readonly busy: boolean;
}

const UNKNOWN: Plan = { nextPublication: undefined, lookedAt: 0, changedAt: undefined, notBefore: 0, busy: false };

/** After an attempt that failed. Milliseconds. */
const RETRY_DELAY = 1_000;

/** When to try to publish for which authority. Instants are epoch milliseconds. */
export class PublicationSchedule {
  readonly #debounceOf: (authorityId: string) => number;
  readonly #plans = new Map<string, Plan>();

  /** @param debounceOf the longest wait of an authority between a change and the CRL that shows it, milliseconds */
  constructor(debounceOf: (authorityId: string) => number) {
    this.#debounceOf = debounceOf;
  }

  /** Something of the authority changed; changes that follow within the delay go into the same CRL. */
  noteChange(authorityId: string, now: number): void {
    const plan = this.#planOf(authorityId);
    this.#plans.set(authorityId, { ...plan, changedAt: plan.changedAt ?? now });
  }

  /** Whether to try now; at once for an authority that is new to this process. */
  isDue(authorityId: string, now: number): boolean {
    const { nextPublication, lookedAt, changedAt, notBefore, busy } = this.#planOf(authorityId);
    // What lies further ahead than we ever wait was noted before the clock was set back.
    if (busy || (now < notBefore && notBefore - now <= RETRY_DELAY)) return false;
    if (nextPublication === undefined || now >= nextPublication || now < lookedAt) return true;
    return changedAt !== undefined && (now < changedAt || now >= changedAt + this.#debounceOf(authorityId));
  }

  /** Says that an attempt begins: changes noted from here on need another one. @returns how to end it */
  begin(authorityId: string): AttemptEnd {
    const before = this.#planOf(authorityId);
    this.#plans.set(authorityId, { ...before, changedAt: undefined, busy: true });
    return {
      succeeded: (nextPublication, now) => {
        this.#plans.set(authorityId, { ...this.#planOf(authorityId), nextPublication, lookedAt: now, busy: false });
      },
      failed: (now) => {
        const plan = this.#planOf(authorityId);
        const changedAt = before.changedAt ?? plan.changedAt;
        this.#plans.set(authorityId, { ...plan, changedAt, notBefore: now + RETRY_DELAY, busy: false });
      },
    };
  }

  #planOf(authorityId: string): Plan {
    return this.#plans.get(authorityId) ?? UNKNOWN;
  }
}

/** Exactly one of the two is called. */
export interface AttemptEnd {
  /** The newest CRLs show everything; @param nextPublication when the next scheduled one is due */
  succeeded(nextPublication: number, now: number): void;
  failed(now: number): void;
}
