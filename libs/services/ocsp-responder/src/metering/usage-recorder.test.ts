import { UsageError } from '@kakunin/usage';
import type { UsageEvent, UsageJournal } from '@kakunin/usage';
import { beforeEach, expect, test } from 'vitest';
import { CertificateDigest } from './certificate-digest.ts';
import { UsageRecorder } from './usage-recorder.ts';
import type { AnsweredRequest } from './usage-recorder.ts';

/** A journal in memory whose writes end when told to. */
class JournalInMemory implements UsageJournal {
  readonly recorded: UsageEvent[] = [];
  full = false;
  #waiting: (() => void)[] = [];

  async record(events: readonly UsageEvent[]): Promise<void> {
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.full) throw new UsageError('journal_unavailable', 'disk full');
    this.recorded.push(...events);
  }

  recentlyRecorded(digest: Uint8Array): boolean {
    return this.recorded.some((event) => Buffer.compare(event.requestDigest, digest) === 0);
  }

  flush(): void {
    for (const end of this.#waiting.splice(0)) end();
  }
}

const request: AnsweredRequest = {
  now: Date.UTC(2026, 9, 31),
  platformProvider: 'pf',
  serviceProvider: 'bank',
  purpose: 'signature_verification',
  body: Buffer.from('request'),
  hasNonce: true,
  authority: { authorityId: 'signature-g1', certificateClass: 'signature' },
  subjects: [
    { certId: { serialNumber: Uint8Array.of(1) }, state: { state: 'good', notAfter: 0, carrier: 'smartphone' } },
  ],
};

let journal: JournalInMemory;
let recorder: UsageRecorder;
beforeEach(() => {
  journal = new JournalInMemory();
  recorder = new UsageRecorder(journal, new CertificateDigest(Buffer.alloc(32, 1)));
});

/** Two calls at once, and the end of their writes. */
async function recordTwice(each = request): Promise<readonly string[]> {
  const both = [recorder.record(each), recorder.record(each)];
  journal.flush();
  return (await Promise.allSettled(both)).map(({ status }) => status);
}

test('an event says everything that it is charged by, and not which certificate', async () => {
  const recording = recorder.record(request);
  journal.flush();
  const [event] = await recording;
  expect(journal.recorded).toEqual([event]);
  expect(event).toMatchObject({ outcome: 'good', carrier: 'smartphone', channel: 'ocsp', serviceProvider: 'bank' });
  expect(event?.certificateDigest).toHaveLength(16);
});

test('a request repeated while the first is being written waits for that write', async () => {
  expect(await recordTwice()).toEqual(['fulfilled', 'fulfilled']);
  expect(journal.recorded).toHaveLength(1);
});

test('a request repeated later is recorded once', async () => {
  await recordTwice();
  await recordTwice();
  expect(journal.recorded).toHaveLength(1);
});

test('a write that fails fails all who wait, and the next try writes again', async () => {
  journal.full = true;
  expect(await recordTwice()).toEqual(['rejected', 'rejected']);
  journal.full = false;
  expect(await recordTwice()).toEqual(['fulfilled', 'fulfilled']);
  expect(journal.recorded).toHaveLength(1);
});

test('equal requests without a nonce are two checks', async () => {
  await recordTwice({ ...request, hasNonce: false });
  expect(journal.recorded).toHaveLength(2);
});
