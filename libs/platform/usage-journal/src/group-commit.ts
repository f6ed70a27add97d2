import type { UsageEvent } from '@kakunin/usage';
import { encodeUsageRecords } from '@kakunin/usage';
import type { Logger } from 'pino';
import type { SegmentWriter } from './segment-writer.ts';
import { Turns } from './turns.ts';

interface GroupCommitInput {
  readonly writer: SegmentWriter;
  readonly sealAfterMilliseconds: number;
  readonly sealAfterOctets: number;
  readonly repairAfterMilliseconds: number;
  readonly logger: Pick<Logger, 'error' | 'info'>;
  /** Told of events once they are synced, before those who wait for them. */
  readonly onRecorded: (events: readonly UsageEvent[]) => void;
}

interface Waiting {
  readonly events: readonly UsageEvent[];
  readonly octets: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** With the seal size, what a message of the event log can come to at most. */
const GROUP_OCTETS = 256 * 1024;

/**
 * Everyone who waits while a sync runs shares the next one. The writer is used by one at a time: a group, a seal that
 * is due, or a repair.
 */
export class GroupCommit {
  readonly #input: GroupCommitInput;
  readonly #turns = new Turns();
  /** Reused by every group. */
  readonly #scratch = Buffer.allocUnsafe(GROUP_OCTETS);
  #waiting: Waiting[] = [];
  #flushDue = false;
  #sealTimer: NodeJS.Timeout | undefined;
  #repairTimer: NodeJS.Timeout | undefined;
  #fault: unknown;
  #records = 0;
  #syncs = 0;
  #refusals = 0;

  constructor(input: GroupCommitInput) {
    this.#input = input;
  }

  /** Opens the first segment; when the disk refuses, goes on trying in the background. */
  async start(): Promise<void> {
    await this.#turns.take(() => this.#attempt(() => this.#input.writer.roll()));
  }

  /** What the disk refused last; undefined while it takes records. */
  get fault(): unknown {
    return this.#fault;
  }

  get figures(): { readonly records: number; readonly syncs: number; readonly refusals: number } {
    return { records: this.#records, syncs: this.#syncs, refusals: this.#refusals };
  }

  /** @throws UsageError `journal_unavailable` | `invalid_event`: none of the events is recorded */
  async commit(events: readonly UsageEvent[]): Promise<void> {
    const octets = encodeUsageRecords(events);
    if (this.#fault) {
      this.#refusals += 1;
      throw this.#fault;
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ events, octets, resolve, reject });
      this.#scheduleFlush();
    });
  }

  /** Records what waits and seals it; nothing may be committed after. */
  async stop(): Promise<void> {
    do await this.#turns.take(async () => undefined);
    while (this.#waiting.length > 0);
    clearTimeout(this.#repairTimer);
    clearTimeout(this.#sealTimer);
    // What cannot be sealed now is recovered by the next start.
    await this.#turns.take(() => this.#input.writer.seal()).catch(() => undefined);
  }

  #scheduleFlush(): void {
    if (this.#flushDue) return;
    this.#flushDue = true;
    void this.#turns.take(() => this.#flush());
  }

  async #flush(): Promise<void> {
    this.#flushDue = false;
    const { group, octets } = this.#takeGroup();
    if (this.#waiting.length > 0) this.#scheduleFlush();
    const events = group.flatMap((each) => each.events);
    const newest = events.reduce((latest, { time }) => Math.max(latest, time), 0);
    const { writer } = this.#input;
    const append = (): Promise<void> => writer.append({ octets, count: events.length, newest });
    if (this.#fault || !(await this.#attempt(append))) {
      this.#refusals += group.length;
      for (const { reject } of group) reject(this.#fault);
      return;
    }
    this.#syncs += 1;
    this.#records += events.length;
    this.#input.onRecorded(events);
    for (const { resolve } of group) resolve();
    await this.#sealWhenDue();
  }

  #takeGroup(): { readonly group: readonly Waiting[]; readonly octets: Uint8Array } {
    let length = 0;
    let count = 0;
    for (const { octets } of this.#waiting) {
      if (count > 0 && length + octets.length > GROUP_OCTETS) break;
      if (length + octets.length <= GROUP_OCTETS) this.#scratch.set(octets, length);
      length += octets.length;
      count += 1;
    }
    const group = this.#waiting.splice(0, count);
    return { group, octets: length <= GROUP_OCTETS ? this.#scratch.subarray(0, length) : group[0]!.octets };
  }

  async #sealWhenDue(): Promise<void> {
    const { writer, sealAfterOctets, sealAfterMilliseconds } = this.#input;
    if (writer.octets >= sealAfterOctets) return this.#seal();
    this.#sealTimer ??= setTimeout(() => void this.#turns.take(() => this.#seal()), sealAfterMilliseconds).unref();
  }

  async #seal(): Promise<void> {
    clearTimeout(this.#sealTimer);
    this.#sealTimer = undefined;
    if (!this.#fault) await this.#attempt(() => this.#input.writer.roll());
  }

  /** @returns whether the disk agreed; when not, repairs are tried until it does */
  async #attempt(act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
    } catch (error) {
      if (!this.#fault) this.#input.logger.error({ err: error }, 'the usage journal is unavailable');
      this.#fault = error;
      this.#repairTimer = setTimeout(() => this.#repair(), this.#input.repairAfterMilliseconds).unref();
      return false;
    }
    if (this.#fault) this.#input.logger.info('the usage journal is available again');
    this.#fault = undefined;
    return true;
  }

  #repair(): void {
    void this.#turns.take(() => this.#attempt(() => this.#input.writer.roll()));
  }
}
