import { setTimeout as sleep } from 'node:timers/promises';
import type { CertificateEvent, CertificateStatus } from '@kakunin/certificates';
import { CERTIFICATE_EVENTS } from '@kakunin/event-log';
import { lockOutboxKey } from '@kakunin/outbox';
import { createTestCa } from '@kakunin/testing/test-ca';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Answer } from '../testing/api-client.ts';
import { type RegistryUnderTest, startRegistry, until } from '../testing/registry-under-test.ts';

/** What a CA revokes in a few seconds of the worst day, all at once, one call each. */
const CERTIFICATES = 120;
const CALLERS = 32;
const PATH = '/authorities/storm';
const NOT_AFTER = Date.UTC(2036, 11, 31);
let registry: RegistryUnderTest;
let database: pg.Client;

beforeAll(async () => {
  registry = await startRegistry();
  const authority = {
    authorityId: 'storm',
    certificateClass: 'signature',
    certificate: (await createTestCa()).certificatePem,
    serialScheme: { kind: 'random' },
  };
  await registry.operator('POST', '/authorities', authority);
  database = new pg.Client(registry.databaseUrl);
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await registry.close();
});

const serials = (first: number): readonly string[] =>
  Array.from({ length: CERTIFICATES }, (_, index) => (first + index).toString(16));
const register = (serialNumber: string) =>
  registry.operator('POST', `${PATH}/certificates`, { serialNumber, notAfter: NOT_AFTER, carrier: 'card' });
const registerAll = (serialNumbers: readonly string[]) =>
  registry.operator('POST', `${PATH}/certificates/batch`, {
    certificates: serialNumbers.map((serialNumber) => ({ serialNumber, notAfter: NOT_AFTER, carrier: 'card' })),
  });
const call = (verb: string, body: object) =>
  registry.operator<CertificateStatus & { code?: string }>('POST', `${PATH}/${verb}`, body);
const revoke = (serialNumber: string) => call('revocations', { serialNumber, reason: 'superseded' });

/** Does all, so many at once. */
async function storm<T>(works: readonly (() => Promise<T>)[]): Promise<readonly T[]> {
  const results: T[] = [];
  let next = 0;
  const caller = async (): Promise<void> => {
    for (let at = next++; at < works.length; at = next++) results[at] = await works[at]!();
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return results;
}

async function commits(): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${registry.service.managementPort}/metrics`)).text();
  return Number(/^kakunin_registry_certificate_groups_total (\d+)$/m.exec(text)?.[1]);
}

/** Statuses that were announced, by serial number, once the topic has them all. */
async function announced(): Promise<Map<string, readonly CertificateStatus[]>> {
  await until(async () => (await database.query('SELECT FROM outbox_event')).rowCount === 0);
  const events = await registry.eventsOf<CertificateEvent>('certificate-events');
  const statuses = events.filter((event) => event.type === 'certificate_status');
  return new Map(
    [...Map.groupBy(statuses, ({ serialNumber }) => serialNumber)].map(([serial, all]) => [
      serial,
      all.map(({ status }) => status),
    ]),
  );
}

it('acknowledges each of many single calls, announces each change once, and in the order of its certificate', async () => {
  const before = await commits();
  const lives = await storm(
    serials(1).map((serialNumber) => async () => [
      await register(serialNumber),
      await call('holds', { serialNumber }),
      await call('releases', { serialNumber }),
      // The same again, from two at once.
      ...(await Promise.all([revoke(serialNumber), revoke(serialNumber)])),
    ]),
  );
  expect(new Set(lives.flat().map(({ status }) => status))).toEqual(new Set([200]));
  const all = await announced();
  const life = [{ status: 'good' }, { reason: 'certificateHold' }, { status: 'good' }, { reason: 'superseded' }];
  for (const serial of serials(1)) expect(all.get(serial)).toMatchObject(life);
  expect((await commits()) - before).toBeLessThan((lives.flat().length * 2) / 3);
});

it('refuses one of many for its own reason, and does the others', async () => {
  await registerAll(serials(0x10000));
  const kinds = [
    { verb: 'revocations', change: {}, status: 200, code: undefined },
    { verb: 'revocations', change: { serialNumber: 'ffffff' }, status: 404, code: 'certificate_unknown' },
    { verb: 'revocations', change: { revocationDate: Date.now() + 864e5 }, status: 400, code: 'revocation_in_future' },
    { verb: 'certificates', change: { notAfter: 0 }, status: 409, code: 'certificate_differs' },
  ] as const;
  const answers = await storm(
    serials(0x10000).map((serialNumber, index) => async () => {
      const { verb, change, status, code } = kinds[index % kinds.length]!;
      const told = verb === 'revocations' ? { reason: 'superseded' } : { carrier: 'card' };
      return { expected: { status, code }, answer: await call(verb, { serialNumber, ...told, ...change }) };
    }),
  );
  for (const { expected, answer } of answers) {
    expect({ status: answer.status, code: answer.body.code }).toEqual(expected);
  }
  const all = await announced();
  for (const [index, serial] of serials(0x10000).entries()) {
    expect(all.get(serial)).toHaveLength(index % kinds.length === 0 ? 2 : 1);
  }
});

it('says that it is busy, before anybody has waited long, and writes nothing of what it refuses', async () => {
  const [first, ...others] = serials(0x20000).slice(0, CALLERS);
  await registerAll([first!, ...others]);
  await database.query('BEGIN');
  // Another process is at the authority's events, and does not come to an end.
  await lockOutboxKey(database, CERTIFICATE_EVENTS, 'storm');
  const inHand = revoke(first!);
  await sleep(50);
  const refused = await Promise.all(others.map((serialNumber) => revoke(serialNumber)));
  const isBusy = ({ status, body }: Answer<{ code?: string }>) => status === 503 && body.code === 'database_busy';
  expect(refused.every(isBusy)).toBe(true);
  expect(isBusy(await inHand)).toBe(true);
  await database.query('ROLLBACK');
  expect(
    (await storm([first!, ...others].map((each) => () => revoke(each)))).every(({ status }) => status === 200),
  ).toBe(true);
  const all = await announced();
  for (const serial of [first!, ...others]) expect(all.get(serial)).toHaveLength(2);
});

it('loses nothing of a storm in which its connections break: whoever is told so sends it again', async () => {
  await registerAll(serials(0x30000));
  const told = { away: 0 };
  const insistent = serials(0x30000).map((serialNumber) => async () => {
    for (;;) {
      const { status, body } = await revoke(serialNumber);
      if (status === 200) return;
      expect({ status, code: body.code }).toEqual({ status: 503, code: 'database_unavailable' });
      told.away += 1;
    }
  });
  const revoked = storm(insistent);
  while (told.away === 0) {
    await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL AND query ~ 'certificate'`,
    );
  }
  await revoked;
  const all = await announced();
  for (const serial of serials(0x30000))
    expect(all.get(serial)).toMatchObject([{ status: 'good' }, { status: 'revoked' }]);
});
