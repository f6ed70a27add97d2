import * as fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { JournalDirectories } from './journal-directories.ts';
import type { JournalWriter } from './journal-writer.ts';
import { BreakableFileSystem } from './testing/breakable-file-system.ts';
import type { Operation } from './testing/breakable-file-system.ts';
import { JournalFixture } from './testing/journal-fixture.ts';
import { openWriter, recordWith } from './testing/journal-in-one-thread.ts';
import { usageEventOf } from './testing/usage-events.ts';

const anyStep = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant('ask' as const), requests: fc.array(fc.nat({ max: 30 })) }), weight: 6 },
  {
    arbitrary: fc.record({
      kind: fc.constant('break' as const),
      operation: fc.constantFrom<Operation>('open', 'write', 'sync', 'truncate'),
    }),
    weight: 2,
  },
  fc.record({ kind: fc.constantFrom('mend' as const, 'replace' as const, 'restart' as const) }),
);
type Step = typeof anyStep extends fc.Arbitrary<infer Each> ? Each : never;

/** Each request is about one, two or three certificates. */
const certificatesOf = (request: number): number[] =>
  [0, 1, 2].slice(0, (request % 3) + 1).map((each) => request * 3 + each);

class Play {
  readonly charged = new Set<number>();
  readonly #fixture: JournalFixture;
  #directories!: JournalDirectories;
  #writer!: JournalWriter;
  #files!: BreakableFileSystem;
  readonly #ended: JournalWriter[] = [];

  constructor(fixture: JournalFixture) {
    this.#fixture = fixture;
  }

  async start(): Promise<void> {
    const { directory, eventLog, fileSystem, logger, clock } = this.#fixture;
    this.#directories = await JournalDirectories.open({ directory, eventLog, clock, logger, fileSystem });
    await this.#begin();
  }

  async stop(): Promise<void> {
    await this.#mend();
    for (const writer of [...this.#ended.splice(0), this.#writer]) await writer.close();
    await this.#directories.close();
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'ask':
        await Promise.all(step.requests.map((request) => this.#ask(request)));
        return;
      case 'break':
        this.#fixture.fileSystem.failing.set(step.operation, 'EIO');
        return;
      case 'mend':
        return this.#mend();
      case 'replace':
        // The writer that was there is asked no more, as when its thread ends.
        await this.#mend();
        this.#files.ended = true;
        this.#ended.push(this.#writer);
        return this.#begin();
      case 'restart':
        await this.stop();
        return this.start();
    }
  }

  async #begin(): Promise<void> {
    const { fileSystem: shared, clock } = this.#fixture;
    const fileSystem = (this.#files = new BreakableFileSystem(shared.failing));
    const often = { sealAfterMilliseconds: 60_000, sealAfterOctets: 3_000, repairAfterMilliseconds: 1 };
    this.#writer = await openWriter(this.#directories, { ...often, fileSystem, clock });
  }

  async #mend(): Promise<void> {
    this.#fixture.fileSystem.failing.clear();
    await vi.waitFor(() => expect(this.#writer.fault).toBeUndefined());
  }

  async #ask(request: number): Promise<void> {
    const events = certificatesOf(request).map((number) => usageEventOf(number, this.#fixture.now, request));
    await recordWith(this.#writer, events).then(
      () => this.charged.add(request),
      () => undefined,
    );
  }
}

it('whatever the disk does and whoever ends: what was answered is charged once, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 25 }), async (steps) => {
      const fixture = await JournalFixture.create();
      const play = new Play(fixture);
      await play.start();
      for (const step of steps) await play.take(step);
      await play.stop();
      const charged = [...play.charged].flatMap(certificatesOf).sort((one, other) => one - other);
      expect(fixture.eventLog.numbers).toEqual(charged);
      await fixture.dispose();
    }),
    { numRuns: 25, endOnFailure: true },
  );
});
