import { UsageError } from '@kakunin/usage';
import type { UsageEvent } from '@kakunin/usage';
import { expect, test } from 'vitest';
import { CertificateDigest } from './certificate-digest.ts';
import { UsageRecorder } from './usage-recorder.ts';
import type { AnsweredRequest } from './usage-recorder.ts';

const request: AnsweredRequest = {
  now: Date.UTC(2026, 9, 31),
  platformProvider: 'pf',
  serviceProvider: 'bank',
  purpose: 'signature_verification',
  body: Buffer.from('request'),
  hasNonce: true,
  authority: { authorityId: 'signature-g1', certificateClass: 'signature' },
  subjects: [
    { certId: { serialNumber: Uint8Array.of(1) }, state: { state: 'good', carrier: 'smartphone' } },
    { certId: { serialNumber: Uint8Array.of(2) }, state: { state: 'not_issued' } },
  ],
};

function recorderOver(record: (events: readonly UsageEvent[]) => Promise<void>): UsageRecorder {
  return new UsageRecorder({ record, recentlyRecorded: () => false }, new CertificateDigest(Buffer.alloc(32, 1)));
}

test('an event a SingleResponse says everything that it is charged by, and not which certificate', async () => {
  const recorded: UsageEvent[] = [];
  const events = await recorderOver(async (each) => void recorded.push(...each)).record(request);
  expect(recorded).toEqual(events);
  expect(events).toMatchObject([
    { outcome: 'good', carrier: 'smartphone', channel: 'ocsp', serviceProvider: 'bank', time: request.now },
    { outcome: 'unknown', carrier: 'card', purpose: 'signature_verification', authorityId: 'signature-g1' },
  ]);
  const [first, second] = events.map(({ requestDigest, certificateDigest }) => ({
    request: Buffer.from(requestDigest).toString('hex'),
    certificate: Buffer.from(certificateDigest).toString('hex'),
  }));
  expect(first?.request).toBe(second?.request);
  expect(first?.certificate).not.toBe(second?.certificate);
});

test('the answer waits for the journal, and fails with it', async () => {
  const full = new UsageError('journal_unavailable', 'disk full');
  await expect(recorderOver(() => Promise.reject(full)).record(request)).rejects.toBe(full);
});
