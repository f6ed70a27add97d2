import { certIdOf, encodeOcspRequest } from '@kakunin/ocsp';
import { createTestCa } from '@kakunin/testing/test-ca';
import type { TestCa } from '@kakunin/testing/test-ca';
import { canonicalUsageLeaf, recordHashOf } from '@kakunin/usage-ledger';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CertificateDigest } from '../metering/certificate-digest.ts';
import type { ResponderSigner } from '../signing/responder-signer.ts';
import { digestKeyOf, EngineWorld, NOW, PERIOD, PRODUCER, signerOf, TestAuthority } from '../testing/engine-world.ts';

const NEW_YEAR = Date.parse('2027-01-01T00:00:00+09:00');

let ca: TestCa;
let signer: ResponderSigner;
beforeAll(async () => {
  ca = await createTestCa(PERIOD);
  signer = await signerOf(ca);
});

let authority: TestAuthority;
let world: EngineWorld;
beforeEach(() => {
  authority = new TestAuthority('signature-g1', ca, signer);
  for (const serial of ['a1', 'b2']) authority.put(serial);
  world = new EngineWorld([authority], { cachedAnswerMaxAge: 60_000 });
});

const about = (...serials: readonly string[]): Uint8Array =>
  encodeOcspRequest({ certIds: serials.map((serial) => certIdOf(ca.certificate, serial)) });

function setClock(now: number): void {
  world.now = now;
  authority.asOf = now;
}

/** What the journal has, as receipts must say it. */
const leafAt = (index: number): string => {
  const eventId = `${PRODUCER}/1/${index}`;
  return recordHashOf(canonicalUsageLeaf({ ...world.journal.events[index]!, eventId }));
};
/** Of an INTEGER, which is positive. */
const digestOf = (year: string, serial: string): Uint8Array =>
  new CertificateDigest(digestKeyOf(year).octets, 'signature-g1').of(Buffer.from(`00${serial}`, 'hex'), 0, 2);

describe('a receipt', () => {
  test('says what was recorded, live and cached', async () => {
    for (const index of [0, 1, 2]) {
      const { receipt } = await world.saidTo(about('a1'));
      expect(receipt).toBe(`ledger="kakunin/test/pf", event="${PRODUCER}/1/${index}", leaf=:${leafAt(index)}:`);
    }
    expect(world.figures.answers('cached')).toBe(2);
  });

  test('lists several events in the order of the request', async () => {
    const { receipt } = await world.saidTo(about('b2', 'a1'));
    const events = `"${PRODUCER}/1/0" "${PRODUCER}/1/1"`;
    expect(receipt).toBe(`ledger="kakunin/test/pf", event=(${events}), leaf=(:${leafAt(0)}: :${leafAt(1)}:)`);
    expect(world.journal.events[0]?.certificateDigest).not.toEqual(world.journal.events[1]?.certificateDigest);
  });

  test('is not given for what was recorded earlier, nor to a customer whose code no header holds', async () => {
    const request = encodeOcspRequest({ certIds: [certIdOf(ca.certificate, 'a1')], nonce: Buffer.alloc(32, 7) });
    expect((await world.saidTo(request)).receipt).toBeDefined();
    expect((await world.saidTo(request)).receipt).toBeUndefined();
    const bank = { code: '銀行', name: '銀行', kind: 'service_provider', platformProvider: 'pf' } as const;
    world.directory.put({ ...bank, roles: [], credentials: [] });
    const said = await world.saidTo(about('a1'), { path: { serviceProvider: '銀行', purpose: 'liveness_check' } });
    expect(said.receipt).toBeUndefined();
    expect(world.journal.events.at(-1)).toMatchObject({ serviceProvider: '銀行' });
  });
});

describe('the name of a certificate in usage', () => {
  test('is made with the key of the year that it is recorded in, also when the answer was kept from before', async () => {
    world.digestKeys.put(['2026', '2027'].map(digestKeyOf));
    setClock(NEW_YEAR - 1);
    await world.answered(about('a1'));
    setClock(NEW_YEAR);
    await world.answered(about('a1'));
    expect(world.figures.answers('cached')).toBe(1);
    expect(world.journal.events.map(({ certificateDigest }) => certificateDigest)).toEqual([
      digestOf('2026', 'a1'),
      digestOf('2027', 'a1'),
    ]);
  });

  test('goes by the time of the record, when the clock was set back over the end of a year', async () => {
    world.digestKeys.put(['2026', '2027'].map(digestKeyOf));
    world.journal.earliestTime = NEW_YEAR + 5_000;
    setClock(NEW_YEAR - 60_000);
    const { receipt } = await world.saidTo(about('a1'));
    const event = { time: NEW_YEAR + 5_000, certificateDigest: digestOf('2027', 'a1') };
    expect(world.journal.events).toMatchObject([event]);
    expect(receipt).toContain(leafAt(0));
  });

  test('needs a key: without one nothing is answered for money, until there is one', async () => {
    setClock(NOW);
    await world.answered(about('a1'));
    world.digestKeys.put([digestKeyOf('2025')]);
    for (const serial of ['a1', 'b2'])
      expect(await world.ask(about(serial)).first()).toEqual({ refusal: 'digest_key_missing' });
    expect(world.signing.signed).toBe(1);
    world.digestKeys.put([digestKeyOf('2026')]);
    await world.answered(about('b2'));
    expect(world.journal.events).toHaveLength(2);
  });
});
