import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../testing/registry-under-test.ts';
import { type LeakScene, stageLeak, writingsOf } from './testing/leak-scene.ts';

let scene: LeakScene;
/** Rows of every table, as text and with their octets. */
let leaked: ReadonlyMap<string, readonly Record<string, unknown>[]>;
let octets: Buffer;

beforeAll(async () => {
  scene = await stageLeak();
  await scene.news.pf('POST', '/webhooks', { serviceProvider: 'sp-a', url: 'https://sp-a.example.jp/' });
  const { database } = scene.news;
  await until(async () => (await database.query('SELECT FROM outbox_event')).rowCount === 0);
  const { rows } = await database.query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
     WHERE nspname = 'public' AND relkind = 'r' ORDER BY 1`,
  );
  const tables = new Map<string, Record<string, unknown>[]>();
  for (const { name } of rows) tables.set(name, (await database.query(`SELECT * FROM ${name}`)).rows);
  leaked = tables;
  octets = Buffer.concat([...tables.values()].flat().flatMap((row) => Object.values(row).map(octetsOf)));
});
afterAll(() => scene.news.close());

const octetsOf = (value: unknown): Buffer =>
  Buffer.isBuffer(value) ? Buffer.concat([value, Buffer.of(0)]) : Buffer.from(`${JSON.stringify(value) ?? ''}\0`);
const certificates = () =>
  [...leaked]
    .filter(([name]) => name.startsWith('certificate'))
    .flatMap(([, rows]) => rows)
    .filter((row) => 'serial_index' in row) as {
    certificate_id: string;
    serial_index: Buffer;
    status: string;
    revocation_date: string | null;
    not_after: string;
    person_id: string;
  }[];

describe("drill 3: the registry's database leaks, without its keys", () => {
  it('no certificate, serial number, holder or name of a person is in it, in whatever writing', () => {
    expect(octets.length).toBeGreaterThan(10_000);
    for (const victim of scene.victims) {
      for (const writing of writingsOf(victim)) expect(octets.includes(writing)).toBe(false);
      for (const ppid of Object.values(victim.ppids)) expect(octets.includes(ppid)).toBe(false);
    }
    expect(octets.includes('whsec_')).toBe(false);
    expect(octets.includes('certificate_revoked')).toBe(false);
  });

  it('counting serial numbers up, as they are sequential, finds none: the indexes are keyed', () => {
    const indexes = new Set(certificates().map(({ serial_index }) => serial_index.toString('hex')));
    expect(indexes.size).toBe(scene.victims.length);
    for (const { issued } of scene.victims) {
      const { serialNumber } = issued.certificate;
      const values = [serialNumber, `user-g1\0${serialNumber}`, Buffer.from(serialNumber, 'hex')];
      const guesses = values.flatMap((value) => [
        createHash('sha256').update(value).digest(),
        createHmac('sha256', Buffer.alloc(32)).update(value).digest(),
        createHmac('sha256', 'kakunin registry v1').update(value).digest(),
      ]);
      for (const guess of guesses) expect(indexes.has(guess.subarray(0, 16).toString('hex'))).toBe(false);
    }
  });

  it('no two sealed values are equal, though persons and keys are used again and again', () => {
    const sealed = [...leaked.values()]
      .flat()
      .flatMap((row) => Object.entries(row))
      .flatMap(([name, value]) => (name.endsWith('_sealed') && Buffer.isBuffer(value) ? value.toString('hex') : []));
    expect(sealed.length).toBeGreaterThan(scene.victims.length);
    expect(new Set(sealed).size).toBe(sealed.length);
  });

  it('the attacker learns which rows are one person, and which service providers knew it', () => {
    const presented = leaked.get('presentation') as { certificate_id: string; service_provider: string }[];
    const [row] = certificates();
    const seenBy = presented.filter(({ certificate_id }) => certificate_id === row!.certificate_id);
    expect(seenBy.map(({ service_provider }) => service_provider).sort()).toEqual(['sp-a', 'sp-b', 'sp-x']);
    expect(new Set(certificates().map(({ person_id }) => person_id)).size).toBe(scene.victims.length);
  });

  it('beside a CRL he learns who a revoked row is: the instant of revocation is in both', async () => {
    const revoked = certificates().filter(({ status }) => status === 'revoked');
    expect(revoked).toHaveLength(1);
    // What everybody can download: serial number and second of revocation.
    const events = await scene.news.registry.eventsOf<{ serialNumber: string; status: { revocationDate?: number } }>(
      'certificate-events',
    );
    const crl = events.flatMap(({ serialNumber, status }) =>
      status?.revocationDate === undefined ? [] : [{ serialNumber, second: Math.floor(status.revocationDate / 1_000) }],
    );
    const matched = crl.filter(({ second }) => second === Math.floor(Number(revoked[0]!.revocation_date) / 1_000));
    expect(matched).toEqual([
      { serialNumber: scene.victims[0]!.issued.certificate.serialNumber, second: expect.any(Number) },
    ]);
  });

  it('he learns how many certificates there are, until when, and who asked when', () => {
    expect(certificates()).toHaveLength(scene.victims.length);
    for (const { not_after } of certificates()) expect(Number(not_after)).toBeGreaterThan(Date.now());
    const audit = leaked.get('audit_entry') as { caller: string; action: string; holder_tag: Buffer | null }[];
    const asked = audit.filter(({ action }) => action === 'identification');
    expect(asked.length).toBeGreaterThanOrEqual(3 * scene.victims.length);
    const tags = asked.map(({ holder_tag }) => holder_tag!.toString('hex'));
    // But not about whom: no two entries have one tag, also of one holder.
    expect(new Set(tags).size).toBe(tags.length);
  });
});
