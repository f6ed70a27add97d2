import { createHash, type KeyObject, sign } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LinkageEvent, parsePpid } from '@kakunin/linkage';
import { createTestCa, type IssuedCertificate, type TestCa } from '@kakunin/testing/test-ca';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Send } from '../testing/api-client.ts';
import { type RegistryUnderTest, startRegistry, until } from '../testing/registry-under-test.ts';

const HOLDER = 'holder-of-the-test';
let registry: RegistryUnderTest;
let authority: TestCa;
let pf: Send;
let otherPf: Send;
let before: IssuedCertificate;
let after: IssuedCertificate;

beforeAll(async () => {
  registry = await startRegistry();
  authority = await createTestCa();
  await registry.operator('POST', '/authorities', {
    authorityId: 'user-g1',
    certificateClass: 'user-authentication',
    certificate: authority.certificatePem,
    serialScheme: { kind: 'random' },
  });
  pf = await registry.join('pf-a', { kind: 'platform_provider', roles: ['platform_provider'] });
  otherPf = await registry.join('pf-b', { kind: 'platform_provider', roles: ['platform_provider'] });
  for (const [code, platformProvider] of Object.entries({ 'sp-a': 'pf-a', 'sp-b': 'pf-a', 'sp-x': 'pf-b' })) {
    await registry.operator('PUT', `/relying-parties/${code}`, {
      name: code,
      kind: 'service_provider',
      platformProvider,
      roles: [],
    });
  }
  [before, after] = [await authority.issue({ keyType: 'rsa' }), await authority.issue({ keyType: 'p384' })];
  await issue(before, { holder: HOLDER, certificate: before.certificatePem });
});
afterAll(() => registry.close());

const issue = (issued: IssuedCertificate, more: object): Promise<Answer<object>> => {
  const { serialNumber, notAfter } = issued.certificate;
  return registry.operator('POST', '/authorities/user-g1/certificates', {
    serialNumber,
    notAfter,
    carrier: 'card',
    ...more,
  });
};

interface Attempt {
  readonly sender?: Send;
  readonly serviceProvider?: string;
  readonly challengeFor?: string;
  readonly key?: KeyObject;
  readonly certificatePem?: string;
}

async function identify(issued: IssuedCertificate, attempt: Attempt = {}) {
  const { sender = pf, serviceProvider = 'sp-a', key = issued.privateKey } = attempt;
  const challenge = await sender<{ challengeId: string; message: string }>('POST', '/challenges', {
    serviceProvider: attempt.challengeFor ?? serviceProvider,
  });
  const { challengeId, message } = challenge.body;
  const hash = key.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'sha384' : 'sha256';
  const signature = sign(hash, Buffer.from(message, 'base64'), key).toString('base64');
  const body = {
    serviceProvider,
    certificate: attempt.certificatePem ?? issued.certificatePem,
    challengeId,
    signature,
  };
  return { body, answer: await sender<{ ppid: string; code?: string }>('POST', '/identifications', body) };
}

const ppidOf = async (issued: IssuedCertificate, attempt?: Attempt): Promise<string> =>
  (await identify(issued, attempt)).answer.body.ppid;

describe('a ppid', () => {
  it('names the person in one sector, and says how the certificate stands', async () => {
    const { answer } = await identify(before);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      ppid: expect.any(String),
      status: 'good',
      since: expect.any(Number),
      succeeded: false,
      evidence: expect.any(String),
    });
    expect(parsePpid(answer.body.ppid)).toBe(answer.body.ppid);
    expect(await ppidOf(before)).toBe(answer.body.ppid);
    expect(await ppidOf(before, { serviceProvider: 'sp-b' })).not.toBe(answer.body.ppid);
    expect(await ppidOf(before, { sender: otherPf, serviceProvider: 'sp-x' })).not.toBe(answer.body.ppid);
  });

  it('survives renewal and revocation, of which the service providers that saw the certificate are told', async () => {
    const ppid = await ppidOf(before);
    const predecessor = { serialNumber: before.certificate.serialNumber };
    expect((await issue(after, { predecessor, certificate: after.certificatePem })).body).toEqual({
      outcome: 'imported',
    });
    const reason = 'superseded';
    await registry.operator('POST', '/authorities/user-g1/revocations', { ...predecessor, reason });
    expect((await identify(after)).answer.body).toMatchObject({ ppid, status: 'good', succeeded: true });
    expect((await identify(before)).answer.body).toMatchObject({ ppid, status: 'revoked', succeeded: false });
    await registry.operator('POST', '/authorities/user-g1/holds', { serialNumber: after.certificate.serialNumber });
    expect((await identify(after)).answer.body).toMatchObject({ ppid, status: 'held', succeeded: false });
    const news = async () => {
      const feed = await pf<{ items: { event: LinkageEvent }[] }>('GET', '/linkage-events?serviceProvider=sp-a');
      return feed.body.items.map(({ event }) => event).filter((event) => event.ppid === ppid);
    };
    await until(async () => (await news()).length === 3);
    expect((await news()).map(({ type }) => type)).toEqual([
      'certificate_succeeded',
      'certificate_revoked',
      'certificate_held',
    ]);
  });

  it('is the same for all certificates that the holder has', async () => {
    const another = await authority.issue();
    await issue(another, { holder: HOLDER, carrier: 'smartphone' });
    expect(await ppidOf(another)).toBe(await ppidOf(before));
    const stranger = await authority.issue();
    await issue(stranger, { holder: 'somebody else' });
    expect(await ppidOf(stranger)).not.toBe(await ppidOf(before));
  });
});

describe('nobody is named', () => {
  it('and everything that is missing looks alike', async () => {
    const [unregistered, unlinked, expired] = [
      await authority.issue(),
      await authority.issue(),
      await authority.issue({ notAfter: Date.now() - 1_000 }),
    ];
    await issue(unlinked, {});
    await issue(expired, { holder: HOLDER });
    const replaced = await authority.issue({ serialNumber: before.certificate.serialNumber });
    const impostor = await createTestCa();
    const forged = await impostor.issue({ serialNumber: before.certificate.serialNumber });
    const answers = [
      await identify(unregistered),
      await identify(unlinked),
      await identify(expired),
      await identify(replaced),
      await identify(forged),
      await identify(before, { key: after.privateKey }),
      await identify(before, { serviceProvider: 'sp-x' }),
      await identify(before, { serviceProvider: 'sp-unknown' }),
    ].map(({ answer }) => answer);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 404, body: { code: 'not_identifiable' } });
  });

  it('for a challenge that is used, expired, or made for others', async () => {
    const refused = { status: 404, body: { code: 'not_identifiable' } };
    const { body, answer } = await identify(before);
    expect(answer.status).toBe(200);
    expect(await pf('POST', '/identifications', body)).toMatchObject(refused);
    expect((await identify(before, { challengeFor: 'sp-b' })).answer).toMatchObject(refused);
    const challengeId = '00000000-0000-4000-8000-000000000000';
    expect(await pf('POST', '/identifications', { ...body, challengeId })).toMatchObject(refused);
  });

  it('to those who are no platform provider', async () => {
    const ca = await registry.join('ca-office', { kind: 'office', roles: ['certificate_authority'] });
    expect(await ca('POST', '/challenges', { serviceProvider: 'sp-a' })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    expect(await pf('GET', '/relying-parties')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  it('for a certificate that is none', async () => {
    const answer = await identify(before, { certificatePem: 'bm90IGEgY2VydGlmaWNhdGU=' });
    expect(answer.answer).toMatchObject({ status: 400, body: { code: 'malformed_certificate' } });
  });
});

it('leaves an audit of who asked, without naming a person', async () => {
  const client = new pg.Client(registry.databaseUrl);
  await client.connect();
  const { rows } = await client.query(
    'SELECT caller, on_behalf_of, purpose, outcome, count(*)::int AS n, count(DISTINCT holder_tag)::int AS tags FROM audit_entry GROUP BY 1, 2, 3, 4',
  );
  const entry = { caller: 'pf-a', on_behalf_of: 'sp-x', purpose: 'login' };
  expect(rows).toContainEqual({ ...entry, outcome: 'refused', n: 1, tags: 1 });
  await expect(client.query('DELETE FROM audit_entry')).rejects.toThrow('DELETE is refused');
  await expect(client.query('TRUNCATE audit_entry')).rejects.toThrow('TRUNCATE is refused');
  await client.end();
});

it('keeps no serial number, holder or fingerprint in the database', async () => {
  const client = new pg.Client(registry.databaseUrl);
  await client.connect();
  await until(async () => (await client.query('SELECT FROM outbox_event')).rowCount === 0);
  const tables = [
    'authority',
    'person',
    'certificate',
    'succession',
    'presentation',
    'challenge',
    'audit_entry',
    'audit_tally',
    'persons_asked',
  ];
  const dump: string[] = [];
  for (const table of tables.filter((each) => each !== 'authority')) {
    dump.push(JSON.stringify((await client.query(`SELECT t::text FROM ${table} AS t`)).rows));
  }
  await client.end();
  const text = dump.join();
  const fingerprint = createHash('sha256').update(before.certificate.der).digest('hex');
  const holder = Buffer.from(HOLDER).toString('hex');
  for (const secret of [HOLDER, holder, fingerprint, `\\x${before.certificate.serialNumber}`])
    expect(text).not.toContain(secret);
  expect(readdirSync(registry.directory)).toContain('root-key');
  expect(text).not.toContain(readFileSync(join(registry.directory, 'root-key'), 'utf8').trim());
});
