import type { UsageError } from '@kakunin/usage';
import { RecordGroup } from './record-group.ts';
import type { RequestClaims } from './request-claims.ts';
import type { RetryWindow } from './retry-window.ts';
import type { SegmentWriter } from './segment-writer.ts';
import type { RecordedRequest, Waiter } from './waiter.ts';

export interface GroupCommitInput {
  readonly segments: SegmentWriter;
  readonly window: RetryWindow;
  readonly claims: RequestClaims;
  readonly sealAfterMilliseconds: number;
  /** When an open segment is sealed at the latest, even if there is nothing in it: milliseconds from now. */
  readonly idleSealMilliseconds: () => number;
  readonly sealAfterOctets: number;
  readonly repairAfterMilliseconds: number;
  /** Told when the disk begins to refuse, and when it takes records again. */
  readonly onFault: (fault: UsageError | undefined) => void;
  /** Told when requests that were claimed are free again. */
  readonly onSettled: () => void;
}

/** Groups that are kept for use again: one fills while another is synced. */
const MOST_SPARE = 2;

/** Milliseconds that a group is waited for. */
const LONGEST_GATHERING = 1;

/**
 * Everyone who waits while a sync runs shares the next one. The segments are used for one thing at a time: a group, a
 * seal that is due, or a repair.
 */
export class GroupCommit {
  readonly #input: GroupCommitInput;
  #filling = new RecordGroup();
  #syncing = new RecordGroup();
  /** Groups that filled up while another was synced, in order: as many as callers who wait can fill. */
  readonly #full: RecordGroup[] = [];
  /** Empty ones. */
  readonly #spare: RecordGroup[] = [];
  #busy = false;
  /** How often the segments became free again. */
  #freed = 0;
  #startDue = false;
  /** Requests that the next group is likely to have, and how long it has waited for them. */
  #expected = 1;
  #latest: NodeJS.Timeout | undefined;
  #sealDue = false;
  #sealTimer: NodeJS.Timeout | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #repairTimer: NodeJS.Timeout | undefined;
  #whenIdle: (() => void) | undefined;
  #fault: UsageError | undefined;
  #records = 0;
  #syncs = 0;
  #refusals = 0;

  constructor(input: GroupCommitInput) {
    this.#input = input;
  }

  /** Opens the first segment; when the disk refuses, goes on trying in the background. */
  start(): Promise<void> {
    return this.#roll();
  }

  /** What the disk refused last; undefined while it takes records. */
  get fault(): UsageError | undefined {
    return this.#fault;
  }

  get figures(): { readonly records: number; readonly syncs: number; readonly refusals: number } {
    return { records: this.#records, syncs: this.#syncs, refusals: this.#refusals };
  }

  /** Earliest time of a record that waits, epoch ms. */
  get oldestWaiting(): number {
    let oldest = this.#filling.oldest;
    for (const group of this.#full) oldest = Math.min(oldest, group.oldest);
    return oldest;
  }

  /** What the segments are used for, for who watches whether it ever ends. */
  get work(): { readonly busy: boolean; readonly done: number } {
    return { busy: this.#busy, done: this.#freed };
  }

  /** The request, if it has a digest, is claimed; the first records of it may be known. */
  add(request: RecordedRequest, earlier: { known: number; end: number }, waiter: Waiter): void {
    if (!this.#filling.hasRoomFor(request.records.length)) {
      this.#full.push(this.#filling);
      this.#filling = this.#spare.pop() ?? new RecordGroup();
    }
    this.#filling.add(request, earlier, waiter);
    if (!this.#busy) this.#startSoon();
  }

  /** Records what waits and seals it; nothing may be added after. */
  async stop(): Promise<void> {
    while (this.#busy || this.#isWaited) await new Promise<void>((resolve) => (this.#whenIdle = resolve));
    this.#busy = true;
    clearTimeout(this.#repairTimer);
    clearTimeout(this.#sealTimer);
    clearTimeout(this.#idleTimer);
    // What cannot be sealed now is recovered by the next start.
    await this.#input.segments.seal().catch(() => undefined);
  }

  get #isWaited(): boolean {
    return this.#filling.requests > 0 || this.#full.length > 0;
  }

  /**
   * Those who were answered last, and those who waited meanwhile, are likely to ask again within a moment, and a sync
   * that they share costs each half: so it begins when as many are there, or a moment has passed.
   */
  #startSoon(): void {
    const enough = this.#full.length > 0 || this.#filling.requests >= this.#expected;
    if (enough && !this.#startDue) {
      this.#startDue = true;
      setImmediate(this.#start);
    }
    this.#latest ??= setTimeout(this.#start, LONGEST_GATHERING);
  }

  readonly #start = (): void => {
    this.#startDue = false;
    clearTimeout(this.#latest);
    this.#latest = undefined;
    if (this.#busy || !this.#isWaited) return;
    const group = this.#full.shift() ?? this.#filling;
    if (group === this.#filling) this.#filling = this.#spare.pop() ?? new RecordGroup();
    this.#syncing = group;
    this.#busy = true;
    if (this.#fault) this.#appended(this.#fault);
    else this.#input.segments.append(group, this.#appended);
  };

  readonly #appended = (error: UsageError | null): void => {
    const { window, claims } = this.#input;
    const group = this.#syncing;
    if (error) {
      if (error !== this.#fault) this.#fail(error);
      this.#refusals += group.requests;
      group.forget(claims);
    } else {
      this.#syncs += 1;
      this.#records += group.count;
      group.remember(window, claims);
      this.#noteSeal();
    }
    this.#expected = group.requests + this.#filling.requests;
    if (error) group.refused(error);
    else group.recorded(this.#input.segments.sequence);
    if (this.#spare.length < MOST_SPARE) this.#spare.push(group);
    this.#input.onSettled();
    this.#free();
  };

  #noteSeal(): void {
    const { segments, sealAfterOctets, sealAfterMilliseconds } = this.#input;
    if (segments.octets >= sealAfterOctets) this.#sealDue = true;
    else this.#sealTimer ??= setTimeout(this.#sealNow, sealAfterMilliseconds).unref();
  }

  readonly #sealNow = (): void => {
    this.#sealDue = true;
    if (!this.#busy) this.#free();
  };

  /** The segments are free for whatever is next. */
  #free(): void {
    this.#busy = false;
    this.#freed += 1;
    if (this.#sealDue && !this.#fault) void this.#roll();
    else if (this.#isWaited) this.#startSoon();
    else this.#whenIdle?.();
  }

  /** Seals, even if there is nothing, and goes on in a new segment; after a refusal, also repairs. */
  async #roll(): Promise<void> {
    this.#busy = true;
    this.#sealDue = false;
    clearTimeout(this.#sealTimer);
    clearTimeout(this.#idleTimer);
    this.#sealTimer = undefined;
    try {
      await this.#input.segments.roll();
      this.#idleTimer = setTimeout(this.#sealNow, this.#input.idleSealMilliseconds()).unref();
      if (this.#fault) this.#input.onFault((this.#fault = undefined));
    } catch (error) {
      this.#fail(error as UsageError);
    }
    this.#free();
  }

  #fail(error: UsageError): void {
    this.#fault = error;
    this.#input.onFault(error);
    this.#repairTimer = setTimeout(() => void this.#roll(), this.#input.repairAfterMilliseconds).unref();
  }
}
