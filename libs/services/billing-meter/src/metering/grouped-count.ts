import type { Clock } from '@kakunin/calendar';
import { codeOf, isTransient } from '@kakunin/event-transport';
import { CLOCK, HEALTH, type Health } from '@kakunin/runtime';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { CountableSegment } from './countable-segment.ts';
import { MeteringMetrics } from './metering-metrics.ts';
import { SegmentStore } from './segment-store.ts';
import { SequenceGaps } from './sequence-gaps.ts';

interface Waiting {
  readonly segments: readonly CountableSegment[];
  readonly settle: (error?: unknown) => void;
}

/** What is counted at once, at most, beyond a first batch: it bounds memory. */
const MOST_OCTETS = 32 * 1024 * 1024;

/**
 * Group commit of batches: while one transaction runs, what other partitions hand over waits and then shares the next.
 * Their usage falls into the same rows, so transactions side by side would wait for each other and write each row more
 * often. A batch that cannot be counted makes the others of its group try alone.
 */
@Injectable()
export class GroupedCount implements OnModuleInit {
  #waiting: Waiting[] = [];
  #isRunning = false;
  /** Code of what keeps the last group from being counted, while that may pass. */
  #fault: string | undefined;

  constructor(
    @Inject(SegmentStore) private readonly store: SegmentStore,
    @Inject(SequenceGaps) private readonly gaps: SequenceGaps,
    @Inject(MeteringMetrics) private readonly metrics: MeteringMetrics,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(HEALTH) private readonly health: Health,
  ) {}

  /** Red while nothing can be counted: the database or the archive is away or full. */
  onModuleInit(): void {
    this.health.register('usage-counting', () => {
      if (this.#fault === undefined) return { ok: true, detail: 'usage is counted as it comes' };
      const detail = `usage waits in the event log: counting fails with ${this.#fault} and is tried again; docs/runbooks/usage-segments.md`;
      return { ok: false, detail };
    });
  }

  /** Resolves when the batch is counted, and rejects when nothing of it is. @throws as {@link SegmentStore.count} */
  count(segments: readonly CountableSegment[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error?: unknown): void => (error === undefined ? resolve() : reject(error as Error));
      this.#waiting.push({ segments, settle });
      if (!this.#isRunning) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      await this.#countGroup(this.#takeGroup());
      await this.gaps.refresh();
    }
    this.#isRunning = false;
  }

  #takeGroup(): readonly Waiting[] {
    let octets = 0;
    const group = this.#waiting.filter(({ segments }, index) => {
      octets += segments.reduce((sum, segment) => sum + segment.octets.length, 0);
      return index === 0 || octets <= MOST_OCTETS;
    });
    this.#waiting = this.#waiting.filter((waiting) => !group.includes(waiting));
    return group;
  }

  async #countGroup(group: readonly Waiting[]): Promise<void> {
    try {
      await this.#countSegments(group.flatMap(({ segments }) => segments));
      for (const { settle } of group) settle();
    } catch (error) {
      this.#fault = isTransient(error) ? codeOf(error) : undefined;
      if (group.length === 1 || isTransient(error)) for (const { settle } of group) settle(error);
      else for (const waiting of group) await this.#countGroup([waiting]);
    }
  }

  async #countSegments(segments: readonly CountableSegment[]): Promise<void> {
    const now = this.clock.now();
    this.metrics.onCounted(await this.store.count(segments, now), now);
    this.#fault = undefined;
  }
}
