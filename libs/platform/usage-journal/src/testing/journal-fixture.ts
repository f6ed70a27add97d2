import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '@kakunin/usage';
import type { UsageEvent } from '@kakunin/usage';
import { vi } from 'vitest';
import { BreakableFileSystem } from './breakable-file-system.ts';
import { JournalInOneThread } from './journal-in-one-thread.ts';
import type { JournalInput } from './journal-in-one-thread.ts';
import { SegmentCollector } from './segment-collector.ts';
import { usageEventOf } from './usage-events.ts';

/** A journal on a real disk that can be made to break, its event log, and a clock that stands still. */
export class JournalFixture {
  now = 1_800_000_000_000;
  readonly clock = { now: () => this.now };
  readonly fileSystem = new BreakableFileSystem();
  readonly eventLog = new SegmentCollector();
  readonly logger = { error: vi.fn(), warn: vi.fn(), info: vi.fn() };
  readonly directory: string;
  readonly #open = new Set<JournalInOneThread>();

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async create(): Promise<JournalFixture> {
    return new JournalFixture(await mkdtemp(join(tmpdir(), 'kakunin-journal-')));
  }

  async start(options: Partial<JournalInput> = {}): Promise<JournalInOneThread> {
    const { directory, eventLog, fileSystem, logger, clock } = this;
    const often = { sealAfterMilliseconds: 5, repairAfterMilliseconds: 5 };
    const journal = await JournalInOneThread.open({
      directory,
      eventLog,
      clock,
      logger,
      fileSystem,
      ...often,
      ...options,
    });
    this.#open.add(journal);
    return journal;
  }

  async close(journal: JournalInOneThread): Promise<void> {
    this.#open.delete(journal);
    await journal.close();
  }

  async dispose(): Promise<void> {
    this.fileSystem.failing.clear();
    for (const journal of this.#open) await journal.close();
    await rm(this.directory, { recursive: true });
  }

  event(number: number): UsageEvent {
    return usageEventOf(number, this.now);
  }

  /** A request each. */
  async record(journal: JournalInOneThread, ...numbers: number[]): Promise<void> {
    await Promise.all(numbers.map((number) => journal.record([this.event(number)])));
  }

  /** `recorded`, or the code of the refusal. */
  outcome(journal: JournalInOneThread, number: number): Promise<string> {
    return this.record(journal, number).then(
      () => 'recorded',
      (error: unknown) => (error instanceof UsageError ? error.code : String(error)),
    );
  }

  /** Names in the directory of worker 0 that end so. */
  async files(ending: string): Promise<readonly string[]> {
    const names = await readdir(join(this.directory, '0'));
    return names.filter((name) => name.endsWith(ending)).sort();
  }

  async lastSegment(): Promise<string> {
    return join(this.directory, '0', (await this.files('.segment')).at(-1) ?? '');
  }
}

export const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
