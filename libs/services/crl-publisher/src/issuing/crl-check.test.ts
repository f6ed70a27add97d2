import { encodeCrl, type RevokedCertificate } from '@kakunin/crl';
import type { StagedObject, StoredObject } from '@kakunin/objects';
import type { CrlDescriptor } from '@kakunin/publication';
import type { CertificateState } from '@kakunin/status-index';
import { createTestCa, type TestCa } from '@kakunin/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkCrl } from './crl-check.ts';

const NOW = Math.floor(Date.now() / 1_000) * 1_000;
const HOUR = 3_600_000;
const entries: readonly RevokedCertificate[] = [1, 2, 3].map((serial) => ({
  serialNumber: Uint8Array.of(serial),
  revocationDate: NOW - HOUR,
  reason: serial === 3 ? 'certificateHold' : 'keyCompromise',
}));

let ca: TestCa;
beforeAll(async () => {
  ca = await createTestCa();
});

interface Made {
  readonly crlNumber?: bigint;
  readonly entries?: readonly RevokedCertificate[];
  readonly thisUpdate?: number;
  readonly signer?: TestCa;
}

async function crl({
  crlNumber = 8n,
  entries: listed = entries,
  thisUpdate = NOW,
  signer = ca,
}: Made): Promise<Buffer> {
  const { subject, subjectKeyIdentifier = new Uint8Array(20) } = ca.certificate;
  const dates = { thisUpdate, nextUpdate: thisUpdate + HOUR };
  const tbs = { ...dates, issuer: subject, authorityKeyIdentifier: subjectKeyIdentifier, crlNumber, entries: listed };
  const chunks: Uint8Array[] = [];
  for await (const chunk of encodeCrl(tbs, signer.credential.key)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const staged = (bytes: Uint8Array): StagedObject => ({
  bytes: bytes.length,
  sha256: '',
  read: async function* () {
    yield bytes;
  },
  publish: () => Promise.reject(new Error('a check publishes nothing')),
  discard: () => Promise.resolve(),
});

interface Judged {
  readonly next: Uint8Array;
  readonly previous?: Uint8Array;
  readonly crlNumber?: bigint;
  readonly states?: Readonly<Record<number, CertificateState>>;
}

const judge = ({ next, previous, crlNumber = 8n, states = {} }: Judged) =>
  checkCrl({
    staged: staged(next),
    expected: { crlNumber, authority: ca.certificate, now: NOW },
    previous: previous && {
      descriptor: { crlNumber: 7n, entries: 3, lastScheduledUpdate: NOW } as CrlDescriptor,
      content: staged(previous) as unknown as StoredObject,
    },
    rule: { lastScheduledUpdate: NOW },
    index: { lookup: (serial) => states[serial[0] ?? 0] ?? { state: 'not_issued' } },
  });

describe('checkCrl', () => {
  it('lets a CRL pass that is what it should be', async () => {
    expect(await judge({ next: await crl({}) })).toEqual({ entries: 3 });
    expect(await judge({ next: await crl({}), previous: await crl({ crlNumber: 7n }) })).toEqual({ entries: 3 });
  });

  it.each<[string, () => Promise<Uint8Array>, string]>([
    ['cut short', async () => (await crl({})).subarray(0, -1), 'malformed_crl'],
    ['signed by another key', async () => crl({ signer: await createTestCa() }), 'wrong_signature'],
    ['dated in the future', () => crl({ thisUpdate: NOW + 1_000 }), 'from_the_future'],
    ['that breaks a rule', () => crl({ entries: entries.toReversed() }), 'profile/ascending-serial-numbers'],
    ['with another number', () => crl({ crlNumber: 9n }), 'another number'],
  ])('refuses one %s', async (_what, make, detail) => {
    expect(await judge({ next: await make() })).toMatchObject({
      refused: { reason: 'unverifiable', detail: expect.stringContaining(detail) },
    });
  });

  it('refuses a number that does not grow', async () => {
    expect(await judge({ next: await crl({ crlNumber: 7n }), previous: await crl({}), crlNumber: 7n })).toMatchObject({
      refused: { reason: 'unverifiable', detail: expect.stringContaining('not above') },
    });
  });

  describe('beside its predecessor', () => {
    const afterLosing = async (serial: number, state?: CertificateState) =>
      judge({
        next: await crl({ entries: entries.filter(({ serialNumber }) => serialNumber[0] !== serial) }),
        previous: await crl({ crlNumber: 7n }),
        states: state ? { [serial]: state } : {},
      });
    const revoked = { state: 'revoked', carrier: 'card', reason: 'keyCompromise', revocationDate: NOW - HOUR } as const;

    it('refuses to lose an entry that the index does not know, or that is still in force', async () => {
      expect(await afterLosing(1)).toMatchObject({
        refused: { reason: 'entries_lost', detail: expect.stringContaining('1 of 3') },
      });
      expect(await afterLosing(1, { ...revoked, notAfter: NOW + HOUR })).toMatchObject({
        refused: { reason: 'entries_lost' },
      });
    });

    it('lets an expired entry and a released hold go', async () => {
      expect(await afterLosing(1, { ...revoked, notAfter: NOW - 1_000 })).toEqual({ entries: 2 });
      expect(await afterLosing(3, { state: 'good', carrier: 'card' })).toEqual({ entries: 2 });
    });

    it('refuses to call a certificate good again that was revoked for ever', async () => {
      expect(await afterLosing(1, { state: 'good', carrier: 'card' })).toMatchObject({
        refused: { reason: 'entries_lost' },
      });
    });
  });
});
