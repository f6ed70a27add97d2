import { deltaCrlIndicator, encodeCrl, type ListedCertificate } from '@kakunin/crl';
import type { StagedObject } from '@kakunin/objects';
import type { CrlDescriptor } from '@kakunin/publication';
import { InMemoryObjectStore } from '@kakunin/testing/in-memory-object-store';
import { createTestCa, type TestCa } from '@kakunin/testing/test-ca';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PublishedCrl } from '../published-crls.ts';
import { checkDelta, entriesOfDelta } from './delta-check.ts';

const NOW = Math.floor(Date.now() / 1_000) * 1_000;
const HOUR = 3_600_000;
const entry = (serial: number, reason: ListedCertificate['reason'] = 'keyCompromise'): ListedCertificate => ({
  serialNumber: Uint8Array.of(serial),
  revocationDate: NOW - HOUR,
  reason,
});
const BASE = [entry(1), entry(2, 'certificateHold')];
const COMPLETE = [entry(1), entry(3)];
const DELTA = [entry(2, 'removeFromCRL'), entry(3)];

let ca: TestCa;
beforeAll(async () => {
  ca = await createTestCa();
});

async function staged(crlNumber: bigint, entries: readonly ListedCertificate[], base?: bigint): Promise<StagedObject> {
  const { subject, subjectKeyIdentifier = new Uint8Array(20) } = ca.certificate;
  const dates = { thisUpdate: NOW, nextUpdate: NOW + HOUR };
  const names = { issuer: subject, authorityKeyIdentifier: subjectKeyIdentifier };
  const extensions = base === undefined ? [] : [deltaCrlIndicator(base)];
  const tbs = { ...dates, ...names, crlNumber, entries, extensions };
  return new InMemoryObjectStore().stage(encodeCrl(tbs, ca.credential.key));
}

const published = async (crlNumber: bigint, entries: readonly ListedCertificate[], base?: bigint) =>
  ({
    key: '',
    descriptor: { crlNumber, baseCrlNumber: base } as CrlDescriptor,
    content: await staged(crlNumber, entries, base),
  }) as unknown as PublishedCrl;

const check = async (delta: StagedObject, crlNumber = 8n) =>
  checkDelta({
    staged: delta,
    expected: { crlNumber, baseCrlNumber: 5n, authority: ca.certificate, now: NOW },
    base: await published(5n, BASE),
    complete: await staged(8n, COMPLETE),
  });

describe('entriesOfDelta', () => {
  it('tells the signed base from the signed complete CRL', async () => {
    const crls = { base: await published(5n, BASE), complete: await staged(8n, COMPLETE) };
    expect(await entriesOfDelta({ ...crls, before: undefined })).toMatchObject(DELTA);
  });

  it('goes on with what the last delta to the same base mentioned, and with nothing of another base', async () => {
    const crls = { base: await published(5n, BASE), complete: await staged(8n, BASE) };
    const mentioned = await entriesOfDelta({ ...crls, before: await published(7n, [entry(9, 'certificateHold')], 5n) });
    expect(mentioned).toMatchObject([entry(9, 'removeFromCRL')]);
    expect(await entriesOfDelta({ ...crls, before: await published(7n, [entry(9)], 4n) })).toEqual([]);
  });
});

describe('checkDelta', () => {
  it('lets a delta pass that is what it should be', async () => {
    expect(await check(await staged(8n, DELTA, 5n))).toEqual({ entries: 2 });
  });

  it('refuses a delta with which its base does not say what the complete CRL says', async () => {
    for (const wrong of [[], [entry(3)], [...DELTA, entry(4)], [entry(2), entry(3)]]) {
      expect(await check(await staged(8n, wrong, 5n))).toMatchObject({
        refused: { reason: 'unverifiable', detail: expect.stringContaining('its base with it') },
      });
    }
  });

  it.each<[string, bigint, bigint | undefined, string]>([
    ['to another base', 8n, 4n, 'other_base'],
    ['that is none', 8n, undefined, 'other_base'],
    ['with another number', 9n, 5n, 'another number'],
  ])('refuses one %s', async (_what, number, base, detail) => {
    expect(
      await check(
        await staged(
          number,
          DELTA.filter(({ reason }) => base !== undefined || reason !== 'removeFromCRL'),
          base,
        ),
      ),
    ).toMatchObject({
      refused: { reason: 'unverifiable', detail: expect.stringContaining(detail) },
    });
  });

  it('refuses one that was cut short', async () => {
    const whole = await staged(8n, DELTA, 5n);
    const short = { ...whole, read: () => whole.read({ start: 0, end: whole.bytes - 1 }) };
    expect(await check(short)).toMatchObject({ refused: { detail: expect.stringContaining('malformed_crl') } });
  });
});
