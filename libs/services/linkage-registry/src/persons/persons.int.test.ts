import { randomUUID } from 'node:crypto';
import type { IssuedCertificate } from '@kakunin/testing/test-ca';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { AttemptRecorder } from '../identifications/attempt-recorder.ts';
import { AUTHORITY_ID, type RegistryWithPeople, startRegistryWithPeople } from '../testing/registry-with-people.ts';
import { until } from '../testing/registry-under-test.ts';

let registry: RegistryWithPeople;
beforeAll(async () => {
  registry = await startRegistryWithPeople(['sp-a', 'sp-b', 'sp-c']);
});
afterAll(() => registry.close());

const holder = (name: string) => ({ authorityId: AUTHORITY_ID, holder: name });
const merge = (one: object, other: object, more: object = {}) =>
  registry.ca('POST', '/persons/merges', { requestId: randomUUID(), persons: [one, other], ...more });
const split = (person: object, into: string, certificates: readonly IssuedCertificate[], more: object = {}) =>
  registry.ca('POST', '/persons/splits', {
    requestId: randomUUID(),
    person,
    into: holder(into),
    certificates: certificates.map(({ certificatePem }) => certificatePem),
    ...more,
  });
/** Waits until a service provider was told that many times. */
async function told(serviceProvider: string, count: number) {
  await until(async () => (await registry.personNews(serviceProvider)).length >= count);
  return registry.personNews(serviceProvider);
}

describe('two entries of one human being', () => {
  let card: IssuedCertificate;
  let phone: IssuedCertificate;
  beforeAll(async () => {
    card = await registry.issueTo('taro');
    phone = await registry.issueTo('taroo');
  });

  it('become one: each service goes on with the name that it has, and is told when it has two', async () => {
    const names = { card: await registry.ppid('sp-a', card), phone: await registry.ppid('sp-a', phone) };
    const phoneAtB = await registry.ppid('sp-b', phone);
    expect(names.phone).not.toBe(names.card);
    const request = { requestId: randomUUID(), persons: [holder('taro'), { certificate: phone.certificatePem }] };
    const rehearsed = await registry.ca('POST', '/persons/merges', { ...request, dryRun: true });
    expect(rehearsed).toMatchObject({ status: 200, body: { outcome: 'dry_run', told: { persons_merged: 1 } } });
    expect(await registry.ppid('sp-a', phone)).toBe(names.phone);

    const recorded = await registry.ca('POST', '/persons/merges', request);
    expect(recorded.body).toEqual({ outcome: 'recorded', told: { persons_merged: 1 } });
    expect((await registry.ca('POST', '/persons/merges', request)).body).toMatchObject({ outcome: 'unchanged' });
    const other = { ...request, persons: [holder('taro'), holder('taroo')] };
    expect(await registry.ca('POST', '/persons/merges', other)).toMatchObject({
      status: 409,
      body: { code: 'record_differs' },
    });
    expect(await registry.ppid('sp-a', phone)).toBe(names.card);
    expect(await registry.ppid('sp-a', card)).toBe(names.card);
    expect(await registry.ppid('sp-b', card)).toBe(phoneAtB);
    expect(await registry.ppid('sp-c', card)).toBe(await registry.ppid('sp-c', phone));
    expect(await told('sp-a', 1)).toMatchObject([
      { type: 'persons_merged', ppid: names.card, alsoKnownAs: [names.phone] },
    ]);
    expect(await registry.personNews('sp-b')).toEqual([]);
  });

  it('are not merged twice, and nobody with whom is unknown', async () => {
    expect(await merge(holder('taro'), holder('taroo'))).toMatchObject({
      status: 409,
      body: { code: 'record_contradicts' },
    });
    expect(await merge(holder('taro'), holder('nobody'))).toMatchObject({
      status: 404,
      body: { code: 'person_unknown' },
    });
    const later = { effectiveFrom: Date.now() + 60_000 };
    expect(await merge(holder('taro'), holder('taroo'), later)).toMatchObject({ status: 400 });
    expect(await registry.pf('POST', '/persons/merges', {})).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
  });

  it('have one history: what is issued afterwards is of the one person, by either handle', async () => {
    const renewed = await registry.issueTo('taroo', { predecessor: { serialNumber: phone.certificate.serialNumber } });
    const { serialNumber } = renewed.certificate;
    const again = await registry.issueTo('taro', { predecessor: { serialNumber } });
    for (const issued of [renewed, again])
      expect(await registry.ppid('sp-a', issued)).toBe(await registry.ppid('sp-a', card));
  });
});

describe('one entry of two human beings', () => {
  it('is split: the name stays with whom it was minted for, the other gets a fresh one, and the service is told', async () => {
    const [hers, his] = [await registry.issueTo('hana'), await registry.issueTo('hana')];
    const name = await registry.ppid('sp-a', hers);
    expect(await registry.ppid('sp-a', his)).toBe(name);
    const before = (await registry.personNews('sp-a')).length;
    const answer = await split(holder('hana'), 'jiro', [his]);
    expect(answer.body).toEqual({ outcome: 'recorded', told: { person_split: 1 } });
    expect(await registry.ppid('sp-a', hers)).toBe(name);
    const fresh = await registry.ppid('sp-a', his);
    expect(fresh).not.toBe(name);
    const renewed = await registry.issueTo('jiro', { predecessor: { serialNumber: his.certificate.serialNumber } });
    expect(await registry.ppid('sp-a', renewed)).toBe(fresh);
    expect((await told('sp-a', before + 1)).at(-1)).toMatchObject({ type: 'person_split', ppid: name });
    expect(await split(holder('hana'), 'saburo', [his])).toMatchObject({
      status: 409,
      body: { code: 'record_contradicts' },
    });
  });

  it('is taken back: what was recorded in error was never so', async () => {
    const [one, two] = [await registry.issueTo('ume'), await registry.issueTo('momo')];
    const names = [await registry.ppid('sp-b', one), await registry.ppid('sp-b', two)];
    const requestId = randomUUID();
    await merge(holder('ume'), holder('momo'), { requestId });
    expect(await registry.ppid('sp-b', two)).toBe(names[0]);
    const retraction = { requestId: randomUUID(), retracts: requestId };
    expect((await registry.ca('POST', '/persons/retractions', retraction)).body).toMatchObject({ outcome: 'recorded' });
    expect([await registry.ppid('sp-b', one), await registry.ppid('sp-b', two)]).toEqual(names);
    const again = { ...retraction, requestId: randomUUID() };
    expect(await registry.ca('POST', '/persons/retractions', again)).toMatchObject({
      status: 404,
      body: { code: 'record_unknown' },
    });
  });
});

describe('erasure', () => {
  it('makes names nobody’s: who had them is told, and the certificates are as unknown', async () => {
    const [card, phone] = [await registry.issueTo('sora'), await registry.issueTo('soora')];
    const names = [await registry.ppid('sp-c', card), await registry.ppid('sp-c', phone)];
    await merge(holder('sora'), holder('soora'));
    const stranger = await registry.issueTo('umi');
    const unlinked = await registry.ppid('sp-c', stranger);
    const before = (await told('sp-c', 1)).length;
    const request = { requestId: randomUUID(), person: { certificate: card.certificatePem } };
    const erased = await registry.ca('POST', '/persons/erasures', request);
    expect(erased.body).toEqual({ outcome: 'erased', told: { person_erased: 2 } });
    expect((await registry.ca('POST', '/persons/erasures', request)).body).toMatchObject({ outcome: 'unchanged' });
    for (const issued of [card, phone])
      expect(await registry.identify('sp-c', issued)).toMatchObject({ code: 'not_identifiable' });
    expect(await registry.ppid('sp-c', stranger)).toBe(unlinked);
    const news = (await told('sp-c', before + 2)).slice(before);
    expect(news.map(({ type }) => type)).toEqual(['person_erased', 'person_erased']);
    expect(news.map(({ ppid }) => ppid).sort()).toEqual(names.sort());
    expect(await merge(holder('sora'), holder('umi'))).toMatchObject({ status: 404, body: { code: 'person_unknown' } });
  });

  it('leaves nothing that joins the certificates of the person, and no list brings it back', async () => {
    const old = await registry.issueTo('kaze');
    const predecessor = { serialNumber: old.certificate.serialNumber };
    const certificates = [old, await registry.issueTo('kaze', { predecessor }), await registry.issueTo('kaze')];
    const [other, kept] = [await registry.issueTo('arashi'), await registry.issueTo('nagi')];
    await registry.issueTo('nagi', { predecessor: { serialNumber: kept.certificate.serialNumber } });
    const client = new pg.Client(registry.databaseUrl);
    await client.connect();
    onTestFinished(() => client.end());
    const count = async (sql: string) => Number((await client.query<{ n: string }>(sql)).rows[0]!.n);
    const successions = await count('SELECT count(*) AS n FROM succession');
    for (const name of ['kaze', 'arashi'])
      await registry.ca('POST', '/persons/erasures', { requestId: randomUUID(), person: holder(name) });
    const joined = `SELECT count(*) AS n FROM certificate LEFT JOIN person USING (person_id)
      WHERE person_id IS NOT NULL AND person.person_id IS NULL`;
    const unlinked = certificates.length + 1;
    expect(await count(joined)).toBeGreaterThanOrEqual(unlinked);
    expect(await count('SELECT count(DISTINCT person_id) AS n FROM certificate WHERE person_id = 0')).toBe(1);
    expect(await count('SELECT count(*) AS n FROM succession')).toBe(successions - 1);
    const before = await count(joined);
    for (const { certificate } of [...certificates, other]) {
      const { serialNumber, notAfter } = certificate;
      const body = { serialNumber, notAfter, carrier: 'card', holder: 'kaze' };
      const again = serialNumber === predecessor.serialNumber ? body : { ...body, predecessor };
      const path = `/authorities/${AUTHORITY_ID}/certificates`;
      expect(await registry.ca('POST', path, again)).toMatchObject({ status: 200, body: { outcome: 'unchanged' } });
    }
    expect([await count(joined), await count('SELECT count(*) AS n FROM succession')]).toEqual([
      before,
      successions - 1,
    ]);
    // The authority's word on its certificate is taken as before.
    const revocation = { serialNumber: predecessor.serialNumber, reason: 'cessationOfOperation' };
    expect((await registry.ca('POST', `/authorities/${AUTHORITY_ID}/revocations`, revocation)).status).toBe(200);
    const renewed = await registry.issueTo('hayate', { predecessor });
    expect(await registry.ppid('sp-a', renewed)).toMatch(/^1/);
    await expect(client.query('DELETE FROM succession')).rejects.toThrow('DELETE is refused on succession');
  });

  it('in the middle of an identification leaves no name behind', async () => {
    const card = await registry.issueTo('kasumi');
    const record = AttemptRecorder.prototype.record;
    const erasing = vi.spyOn(AttemptRecorder.prototype, 'record').mockImplementationOnce(async function (
      this: AttemptRecorder,
      attempt,
    ) {
      await registry.ca('POST', '/persons/erasures', { requestId: randomUUID(), person: holder('kasumi') });
      return record.call(this, attempt);
    });
    expect(await registry.identify('sp-a', card)).toMatchObject({ code: 'not_identifiable' });
    expect(erasing).toHaveBeenCalledTimes(1);
    erasing.mockRestore();
  });

  it('leaves no key, and no trace of who was shown what', async () => {
    const card = await registry.issueTo('kumo');
    await registry.ppid('sp-a', card);
    const count = async (): Promise<number> => {
      const client = new pg.Client(registry.databaseUrl);
      await client.connect();
      const { rows } = await client.query('SELECT count(*)::int AS n FROM presentation');
      await client.end();
      return rows[0].n;
    };
    const before = await count();
    await registry.ca('POST', '/persons/erasures', { requestId: randomUUID(), person: holder('kumo') });
    expect(await count()).toBe(before - 1);
    const again = await registry.issueTo('kumo');
    expect(await registry.identify('sp-a', again)).toMatchObject({ code: 'not_identifiable' });
    expect(
      await registry.pf('POST', '/persons/erasures', { requestId: randomUUID(), person: holder('umi') }),
    ).toMatchObject({ status: 403 });
  });
});
