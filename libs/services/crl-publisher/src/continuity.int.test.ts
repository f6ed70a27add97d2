import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, type RunningService } from '@kakunin/runtime';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sharedTestPostgres, type TestDatabases } from '@kakunin/testing';
import { eventually, metric, newest, PublisherBench, readyz, revoked, urlOf } from './testing/publisher-bench.ts';

let postgres: TestDatabases;
let bench: PublisherBench;
beforeAll(async () => {
  postgres = await sharedTestPostgres();
});
afterAll(() => postgres.stop());

beforeEach(async () => {
  bench = await PublisherBench.open(postgres);
});
afterEach(() => bench.close());

const entriesOf = (service: RunningService, entries: number) =>
  eventually(`a CRL of ${entries} entries`, async () => {
    const crl = await newest(service, 'a');
    return crl?.entries === entries && crl;
  });

describe('a publisher that lives through trouble', () => {
  it('goes on with the next number after a restart, and shows what was revoked meanwhile', async () => {
    const first = await bench.start();
    await bench.addAuthority('a');
    await bench.certify('a', '1', { status: revoked() });
    const before = await entriesOf(first, 1);
    await bench.stop(first);
    await bench.certify('a', '2', { status: revoked() });
    const second = await bench.start();
    const after = await entriesOf(second, 2);
    expect(after.crlNumber).toBeGreaterThan(before.crlNumber);
    await bench.stop(second);
    const third = await bench.start();
    await eventually('green', async () => (await readyz(third)).includes('\nready'));
    expect((await newest(third, 'a'))?.crlNumber).toBe(after.crlNumber);
  });

  it('never uses a number twice, not even when the table of numbers is lost', async () => {
    const service = await bench.start();
    await bench.addAuthority('a');
    await bench.certify('a', '1', { status: revoked() });
    const before = await entriesOf(service, 1);
    await bench.query('DELETE FROM crl_number');
    await bench.certify('a', '2', { status: revoked() });
    const after = await entriesOf(service, 2);
    expect(after.crlNumber).toBe(before.crlNumber + 1n);
  });

  it('keeps the old CRL public while the database is away, and publishes when it is back', async () => {
    const service = await bench.start();
    await bench.addAuthority('a');
    const before = await eventually('a CRL', () => newest(service, 'a'));
    await bench.postgres.pause();
    await bench.certify('a', '1', { status: revoked() });
    await eventually('red', async () => (await readyz(service)).includes('a: The database is away'));
    const asItIs = { headers: { 'accept-encoding': 'identity' } };
    expect((await fetch(urlOf(service, before.url), asItIs)).headers.get('etag')).toBe(`"${before.sha256}"`);
    await bench.postgres.resume();
    await entriesOf(service, 1);
  });

  it('publishes nothing from stale data, and says so', async () => {
    const service = await bench.start({ KAKUNIN_CRL_STATUS_MAXIMUM_AGE_SECONDS: '1' });
    await bench.addAuthority('a');
    const before = await eventually('a CRL', () => newest(service, 'a'));
    bench.stopWatermarks();
    await eventually('stale', async () => (await readyz(service)).includes('Status data is'));
    await bench.certify('a', '1', { status: revoked() });
    await eventually('red', async () => (await readyz(service)).includes('a: the status data is too old'));
    expect((await newest(service, 'a'))?.crlNumber).toBe(before.crlNumber);
    bench.startWatermarks();
    await entriesOf(service, 1);
  });

  it('stops rather than publish a CRL that has lost entries', async () => {
    const first = await bench.start();
    const ca = await bench.addAuthority('a');
    await bench.certify('a', '1', { status: revoked() });
    await bench.certify('a', '2', { status: revoked() });
    const before = await entriesOf(first, 2);
    await bench.stop(first);
    // The topic and the snapshot are gone; what comes back knows only half of the truth.
    bench.loseEvents();
    rmSync(join(bench.directory, 'status'), { recursive: true });
    await bench.register('a', ca);
    await bench.certify('a', '1', { status: revoked() });
    const second = await bench.start();
    await eventually('red', async () => /a: entries of the newest CRL would vanish.*1 of 2/.test(await readyz(second)));
    expect((await newest(second, 'a'))?.crlNumber).toBe(before.crlNumber);
    const reason = 'kakunin_crl_publication_failures_total{authority="a",reason="entries_lost"}';
    expect(await metric(second, reason)).toBeGreaterThan(0);
  });

  it('leaves an entry out only after a scheduled CRL dated after the expiry has carried it', async () => {
    const service = await bench.start({ KAKUNIN_CRL_PERIOD_SECONDS: '1' });
    await bench.addAuthority('a');
    // It has expired, to the 64 seconds of the index, and will have been revoked in a moment: the later of both counts.
    const revocationDate = Date.now() + 1_000;
    const status = { ...revoked(), revocationDate };
    await bench.certify('a', '1', { status, notAfter: revocationDate - 65_000 });
    await entriesOf(service, 1);
    const without = await entriesOf(service, 0);
    const numbers = Array.from({ length: Number(without.crlNumber) - 1 }, (_, index) => index + 1);
    const before = await Promise.all(numbers.map((number) => bench.descriptor('a', number)));
    const carried = before.filter(
      (crl) => crl && crl.entries === 1 && crl.scheduled && crl.thisUpdate > revocationDate - 1_000,
    );
    expect(carried.length).toBeGreaterThanOrEqual(1);
  });

  it('refuses to start with a timing that lets CRLs lapse', async () => {
    await expect(bench.start({ KAKUNIN_CRL_VALIDITY_SECONDS: '3600' })).rejects.toThrow(ConfigError);
  });
});

describe('two publishers over one store', () => {
  it('give every number once and agree on the newest', async () => {
    const services = [await bench.start({}, 'one'), await bench.start({}, 'two')];
    await bench.addAuthority('a');
    for (let serial = 1; serial <= 10; serial++) {
      await bench.certify('a', serial.toString(16), { status: revoked() });
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    const [one, two] = await Promise.all(services.map((service) => entriesOf(service, 10)));
    expect(one).toEqual(two);
    const numbers = Array.from({ length: Number(one?.crlNumber) }, (_, index) => index + 1);
    const entries = (await Promise.all(numbers.map((number) => bench.descriptor('a', number))))
      .filter((crl) => crl !== undefined)
      .map((crl) => crl.entries);
    expect(entries).toEqual([...entries].sort((a, b) => a - b));
  });
});
