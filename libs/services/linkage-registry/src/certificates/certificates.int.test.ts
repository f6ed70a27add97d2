import { Readable } from 'node:stream';
import type { Authority, CertificateEvent } from '@kakunin/certificates';
import { createTestCa, type TestCa } from '@kakunin/testing/test-ca';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Send } from '../testing/api-client.ts';
import { type RegistryUnderTest, startRegistry, until } from '../testing/registry-under-test.ts';

let registry: RegistryUnderTest;
let authority: TestCa;
let send: Send;
beforeAll(async () => {
  registry = await startRegistry();
  send = registry.operator;
  authority = await createTestCa();
});
afterAll(() => registry.close());

const NOT_AFTER = Date.UTC(2036, 11, 31);
const authorityBody = (authorityId: string, certificate = authority.certificatePem) => ({
  authorityId,
  certificateClass: 'signature',
  certificate,
  serialScheme: { kind: 'random' },
});

/** An authority with a key of its own. */
async function register(authorityId: string): Promise<string> {
  const { certificatePem } = await createTestCa();
  expect(await send('POST', '/authorities', authorityBody(authorityId, certificatePem))).toMatchObject({ status: 200 });
  return `/authorities/${authorityId}`;
}

const statusesOf = async (authorityId: string, serialNumber?: string) =>
  (await registry.eventsOf<CertificateEvent>('certificate-events')).flatMap((event) =>
    event.type === 'certificate_status' &&
    event.authorityId === authorityId &&
    (serialNumber === undefined || event.serialNumber === serialNumber)
      ? [event.status]
      : [],
  );

describe('authorities', () => {
  it('are registered once, whatever form the certificate comes in', async () => {
    const body = authorityBody('signature-g1');
    expect((await send('POST', '/authorities', body)).status).toBe(200);
    const base64 = Buffer.from(authority.certificate.der).toString('base64');
    expect((await send('POST', '/authorities', { ...body, certificate: base64 })).status).toBe(200);
    const registrations = async () =>
      (await registry.eventsOf<CertificateEvent>('certificate-events')).filter(
        ({ type }) => type === 'authority_registered',
      );
    await until(async () => (await registrations()).length > 0);
    expect(await registrations()).toHaveLength(1);
    expect((await send<object[]>('GET', '/authorities')).body).toContainEqual(
      expect.objectContaining({ authorityId: 'signature-g1', certificate: base64 }),
    );
  });

  it.each([
    ['another class', { certificateClass: 'user-authentication' }, 409, 'authority_differs'],
    ['CertHash, which was not wanted at first', { certHash: true }, 409, 'authority_differs'],
    ['another id for the same key', { authorityId: 'signature-g9' }, 409, 'authority_differs'],
    ['no certificate', { certificate: 'bm8=' }, 400, 'malformed_certificate'],
    ['no id', { authorityId: 'Not Good' }, 400, 'invalid_request'],
  ])('%s is refused', async (_, change, status, code) => {
    const answer = await send('POST', '/authorities', { ...authorityBody('signature-g1'), ...change });
    expect(answer).toMatchObject({ status, type: expect.stringContaining('problem+json'), body: { code } });
  });
});

describe('an authority that wants CertHash', () => {
  const fingerprint = 'ab'.repeat(32);
  const eventsOf = async (authorityId: string) =>
    (await registry.eventsOf<CertificateEvent>('certificate-events')).filter((event) =>
      event.type === 'authority_registered'
        ? event.authority.authorityId === authorityId
        : event.authorityId === authorityId,
    );

  it.each([
    [true, { certHash: true }, { fingerprint }],
    [false, {}, {}],
  ])('%s: fingerprints are announced, once', async (certHash, told, announced) => {
    const { certificatePem } = await createTestCa();
    const authorityId = `cert-hash-${certHash}`;
    const body = { ...authorityBody(authorityId, certificatePem), serialScheme: { kind: 'sealed' }, certHash };
    expect(await send('POST', '/authorities', body)).toMatchObject({ status: 200, body: told });
    expect(await send('POST', '/authorities', body)).toMatchObject({ status: 200, body: told });
    const path = `/authorities/${authorityId}`;
    const issuance = { serialNumber: '1', notAfter: NOT_AFTER, carrier: 'card', fingerprint };
    expect(await send('POST', `${path}/certificates`, issuance)).toMatchObject({ status: 200 });
    expect(await send('POST', `${path}/holds`, { serialNumber: '1' })).toMatchObject({ status: 200 });
    await until(async () => (await eventsOf(authorityId)).length === 3);
    const { certificate, certificateClass, serialScheme } = (
      await registry.operator<Authority>('POST', '/authorities', body)
    ).body;
    const status = { type: 'certificate_status', authorityId, serialNumber: '1', carrier: 'card', notAfter: NOT_AFTER };
    expect(await eventsOf(authorityId)).toEqual([
      {
        type: 'authority_registered',
        authority: { authorityId, certificate, certificateClass, serialScheme, ...told },
      },
      { ...status, status: { status: 'good' }, ...announced },
      { ...status, status: expect.objectContaining({ reason: 'certificateHold' }) },
    ]);
  });
});

describe('the life of a certificate', () => {
  const serialNumber = 'a1b';
  it.each([
    ['a field that nobody reads', { predecesor: { serialNumber: '1' } }],
    ['an end after the year 9999', { notAfter: Date.UTC(10_000, 0, 1) }],
    ['an end that is no date', { notAfter: Number.MAX_SAFE_INTEGER }],
    ['a holder with half a surrogate pair', { holder: '\ud800' }],
    ['a holder with U+0000', { holder: 'a\u0000' }],
  ])('does not begin with %s', async (_, part) => {
    const issuance = { serialNumber, notAfter: NOT_AFTER, carrier: 'card', ...part };
    const answer = await send('POST', '/authorities/signature-g1/certificates', issuance);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(JSON.stringify(answer.body)).not.toContain(serialNumber);
  });

  it('goes from issued to held, released and revoked, each once however often it is said', async () => {
    const path = await register('life');
    const issuance = { serialNumber, notAfter: NOT_AFTER, carrier: 'card' };
    expect((await send('POST', `${path}/certificates`, issuance)).body).toEqual({ outcome: 'imported' });
    expect((await send('POST', `${path}/certificates`, issuance)).body).toEqual({ outcome: 'unchanged' });
    for (const verb of ['holds', 'holds', 'releases', 'releases']) {
      expect((await send('POST', `${path}/${verb}`, { serialNumber })).status).toBe(200);
    }
    const revocation = { serialNumber, reason: 'keyCompromise', invalidityDate: 1_700_000_000_000 };
    const revoked = await send('POST', `${path}/revocations`, revocation);
    expect(revoked.body).toMatchObject({ status: 'revoked', reason: 'keyCompromise' });
    expect((await send('POST', `${path}/revocations`, revocation)).body).toEqual(revoked.body);
    await until(async () => (await statusesOf('life')).length === 4);
    expect(await statusesOf('life', serialNumber)).toMatchObject([
      { status: 'good' },
      { reason: 'certificateHold' },
      { status: 'good' },
      { reason: 'keyCompromise', invalidityDate: 1_700_000_000_000 },
    ]);
  });

  it('never comes back from a final revocation, not even by hand in the database', async () => {
    const path = '/authorities/life';
    const refused = { status: 409, body: { code: 'finally_revoked' } };
    expect(await send('POST', `${path}/releases`, { serialNumber })).toMatchObject(refused);
    expect(await send('POST', `${path}/holds`, { serialNumber })).toMatchObject(refused);
    expect(await send('POST', `${path}/revocations`, { serialNumber, reason: 'superseded' })).toMatchObject(refused);
    const client = new pg.Client(registry.databaseUrl);
    await client.connect();
    const good =
      "UPDATE certificate SET status = 'good', revocation_date = NULL, reason = NULL, invalidity_date = NULL";
    await expect(client.query(good)).rejects.toThrow('UPDATE is refused');
    await expect(client.query('DELETE FROM certificate')).rejects.toThrow('DELETE is refused');
    await client.end();
  });

  it('is stated once more on request, as it stands, and nothing else is', async () => {
    const path = await register('again');
    await send('POST', `${path}/certificates`, { serialNumber, notAfter: NOT_AFTER, carrier: 'smartphone' });
    await send('POST', `${path}/certificates`, { serialNumber: 'c1', notAfter: NOT_AFTER, carrier: 'card' });
    const revoked = await send('POST', `${path}/revocations`, { serialNumber, reason: 'superseded' });
    expect(await send('POST', `${path}/restatements`, { serialNumber })).toEqual(revoked);
    expect((await send('POST', `${path}/restatements`, { serialNumber: 'c1' })).body).toEqual({ status: 'good' });
    await until(async () => (await statusesOf('again')).length === 5);
    const [, , before, again, other] = (await registry.eventsOf<CertificateEvent>('certificate-events')).filter(
      (event) => event.type === 'certificate_status' && event.authorityId === 'again',
    );
    expect(again).toEqual(before);
    expect(again).toMatchObject({ serialNumber, notAfter: NOT_AFTER, carrier: 'smartphone', status: revoked.body });
    expect(other).toMatchObject({ serialNumber: 'c1', status: { status: 'good' } });
  });

  it('is stated by its authority and by operators only', async () => {
    const party = { kind: 'platform_provider', roles: ['platform_provider'] };
    const provider = await registry.join('pf-again', party);
    const body = { serialNumber: 'c1' };
    expect((await provider('POST', '/authorities/again/restatements', body)).status).toBe(403);
    const office = await registry.join('ca-again', { kind: 'office', roles: ['certificate_authority'] });
    expect((await office('POST', '/authorities/again/restatements', body)).status).toBe(200);
  });

  it.each([
    ['restatements', { serialNumber: 'ffff' }, 404, 'certificate_unknown'],
    ['restatements', { serialNumber: '0A1B' }, 400, 'invalid_request'],
    ['revocations', { serialNumber: 'ffff', reason: 'superseded' }, 404, 'certificate_unknown'],
    ['revocations', { serialNumber, reason: 'certificateHold' }, 400, 'invalid_request'],
    ['revocations', { serialNumber: '0A1B', reason: 'superseded' }, 400, 'invalid_request'],
    ['certificates', { serialNumber, notAfter: NOT_AFTER + 1_000, carrier: 'card' }, 409, 'certificate_differs'],
    [
      'certificates',
      { serialNumber: '99', notAfter: NOT_AFTER, carrier: 'card', predecessor: { serialNumber: '98' } },
      409,
      'predecessor_unknown',
    ],
  ])('%s of %j is refused', async (verb, body, status, code) => {
    const answer = await send('POST', `/authorities/life/${verb}`, body);
    expect(answer).toMatchObject({ status, body: { code } });
    expect(JSON.stringify(answer.body)).not.toContain(serialNumber);
  });

  it('is told of an authority that nobody registered', async () => {
    const answer = await send('POST', '/authorities/nobody/holds', { serialNumber });
    expect(answer).toMatchObject({ status: 404, body: { code: 'authority_unknown' } });
  });
});

describe('import', () => {
  const line = (i: number, state = 'V', revocation = ''): string =>
    [state, '361231235959Z', revocation, i.toString(16).toUpperCase().padStart(8, '0'), 'unknown', `/CN=${i}`].join(
      '\t',
    );

  it('takes every good line of an index.txt and names the broken ones', async () => {
    const path = await register('index');
    const lines = [
      '\uFEFF' + line(1),
      line(2, 'R', '260401093000Z,keyCompromise'),
      'this line is broken',
      line(3, 'E'),
      line(2, 'V'),
      line(4, 'R', '260401093000Z,holdInstruction,holdInstructionNone'),
      line(1),
      '',
    ];
    const first = await send('POST', `${path}/certificates/import?format=index.txt`, lines.join('\r\n'), 'text/plain');
    expect(first).toMatchObject({
      status: 200,
      body: {
        imported: 4,
        unchanged: 1,
        rejected: 2,
        errors: [
          { line: 3, reason: expect.stringContaining('six fields') },
          { line: 5, reason: expect.stringContaining('for good') },
        ],
      },
    });
    const again = await send('POST', `${path}/certificates/import?format=index.txt`, lines.join('\n'), 'text/plain');
    expect(again.body).toMatchObject({ imported: 0, unchanged: 5, rejected: 2 });
    await until(async () => (await statusesOf('index')).length >= 4);
    expect(await statusesOf('index')).toHaveLength(4);
  });

  it('takes no body that is not a list', async () => {
    const path = await register('no-list');
    for (const type of ['application/json', 'application/x-www-form-urlencoded', 'application/pdf']) {
      const answer = await send('POST', `${path}/certificates/import?format=csv`, '{}', type);
      expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
    }
  });

  it('takes a CSV, and refuses one whose header it does not understand', async () => {
    const path = await register('csv');
    const csv =
      'serial_number,not_after,holder,predecessor\n1,2036-12-31T00:00:00Z,a,\n2,2036-12-31T00:00:00Z,a,1\n3,2036-12-31T00:00:00Z,b,1\n';
    expect((await send('POST', `${path}/certificates/import?format=csv`, csv, 'text/csv')).body).toMatchObject({
      imported: 2,
      rejected: 1,
      errors: [{ line: 4, reason: expect.stringContaining('another person') }],
    });
    expect(await send('POST', `${path}/certificates/import?format=csv`, '1,2036\n', 'text/csv')).toMatchObject({
      status: 400,
      body: { code: 'import_header_invalid' },
    });
    expect(await send('POST', `${path}/certificates/import?format=xml`, 'x', 'text/csv')).toMatchObject({
      status: 400,
    });
  });

  it('takes a long list as a stream, all of it through to the topic', async () => {
    const path = await register('many');
    const count = 20_000;
    const body = Readable.from(
      (function* () {
        for (let i = 1; i <= count; i++) yield `${i % 20 ? line(i) : line(i, 'R', '260401093000Z,superseded')}\n`;
      })(),
    );
    const answer = await send('POST', `${path}/certificates/import?format=index.txt`, body, 'text/plain');
    expect(answer.body).toEqual({ imported: count, unchanged: 0, rejected: 0, errors: [] });
    // A revocation that is acknowledged while the topic still takes the list in is not forgotten behind it.
    expect((await send('POST', `${path}/revocations`, { serialNumber: '1', reason: 'superseded' })).status).toBe(200);
    await until(async () => (await statusesOf('many', '1')).length === 2);
    const statuses = await statusesOf('many');
    expect(statuses).toHaveLength(count + 1);
    expect(statuses.filter(({ status }) => status === 'revoked')).toHaveLength(count / 20 + 1);
  });
});
