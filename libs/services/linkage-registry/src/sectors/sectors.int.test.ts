import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { PpidMapReader, type PpidMapHeader, signMergeConsent } from '@kakunin/sectors';
import { ed25519NoteSigner, formatVerifierKey, parseVerifierKey } from '@kakunin/usage-ledger';
import type { IssuedCertificate } from '@kakunin/testing/test-ca';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RegistryWithPeople, startRegistryWithPeople } from '../testing/registry-with-people.ts';

const DAY = 86_400_000;
let registry: RegistryWithPeople;
let people: readonly IssuedCertificate[];
beforeAll(async () => {
  registry = await startRegistryWithPeople(['sp-a', 'sp-b', 'sp-c', 'sp-d', 'sp-e', 'sp-f', 'sp-g']);
  people = await Promise.all(['ai', 'ue', 'oka'].map((name) => registry.issueTo(name)));
});
afterAll(() => registry.close());

const ppids = (serviceProvider: string) => Promise.all(people.map((each) => registry.ppid(serviceProvider, each)));
const problem = (status: number, code: string) => ({ status, body: { code } });

/** As if the time had come. */
async function passWindowOf(serviceProvider: string): Promise<void> {
  const client = new pg.Client(registry.databaseUrl);
  await client.connect();
  await client.query('UPDATE sector_step SET given_until = 1 WHERE service_provider = $1 AND given_until > 1', [
    serviceProvider,
  ]);
  await client.end();
}

/** A map, verified as its service provider does. */
async function readMap(serviceProvider: string, versions: Pick<PpidMapHeader, 'from' | 'to'>) {
  const answer = await registry.pf<string>('GET', `/sectors/maps/${serviceProvider}`);
  const lines = `${answer.body.split('\n\n', 1)[0]}\n`;
  const reader = new PpidMapReader();
  const pairs = lines
    .trimEnd()
    .split('\n')
    .filter(Boolean)
    .map((line) => reader.line(line));
  const keys = await registry.pf<{ ppidMap: string }>('GET', '/signing-keys');
  const verifier = parseVerifierKey(keys.body.ppidMap);
  const header = reader.finish(Buffer.from(answer.body.slice(lines.length + 1)), {
    verifier,
    recipient: serviceProvider,
  });
  expect(header).toMatchObject(versions);
  return new Map(pairs.map((pair) => [pair.old, pair.new] as [string, string]));
}

describe('a rotation', () => {
  it('gives both names within its window, and hands over a signed map', async () => {
    const before = await ppids('sp-a');
    const windowEndsAt = Date.now() + DAY;
    const rotated = await registry.operator('POST', '/sectors/sp-a/rotations', { windowEndsAt });
    expect(rotated.body).toMatchObject([
      { serviceProvider: 'sp-a', version: 1, givenUntil: windowEndsAt, destroyed: false },
      { serviceProvider: 'sp-a', version: 2 },
    ]);
    const named = await Promise.all(people.map((each) => registry.identify('sp-a', each)));
    expect(named.map(({ previousPpid }) => previousPpid)).toEqual(before);
    const map = await readMap('sp-a', { from: { sector: 'sp-a', version: 1 }, to: { sector: 'sp-a', version: 2 } });
    expect(before.map((old) => map.get(old))).toEqual(named.map(({ ppid }) => ppid));
    expect(map.size).toBe(people.length);
    const again = await registry.operator('POST', '/sectors/sp-a/rotations', { windowEndsAt });
    expect(again).toMatchObject(problem(409, 'rotation_invalid'));
    const destroyed = await registry.operator('POST', '/sectors/sp-a/destructions', {});
    expect(destroyed.body).toEqual({ destroyed: 0 });
  });

  it('ends: the old names are given no more, and their key can be destroyed', async () => {
    await registry.operator('POST', '/sectors/sp-b/rotations', { windowEndsAt: Date.now() + DAY });
    await passWindowOf('sp-b');
    expect(await registry.identify('sp-b', people[0]!)).not.toHaveProperty('previousPpid');
    expect((await registry.operator('POST', '/sectors/sp-b/destructions', {})).body).toEqual({ destroyed: 1 });
    expect((await registry.operator('GET', '/sectors/sp-b')).body).toMatchObject([
      { version: 1, destroyed: true },
      { version: 2, destroyed: false },
    ]);
    expect(await registry.pf('GET', '/sectors/maps/sp-b')).toMatchObject(problem(404, 'map_missing'));
    expect(await registry.ppid('sp-b', people[0]!)).toMatch(/^1/);
  });

  it('is the operator’s; a map is for its service provider only', async () => {
    expect(await registry.pf('POST', '/sectors/sp-a/rotations', { windowEndsAt: 1 })).toMatchObject(
      problem(403, 'forbidden'),
    );
    const stranger = await registry.join('pf-z', { kind: 'platform_provider', roles: ['platform_provider'] });
    expect(await stranger('GET', '/sectors/maps/sp-a')).toMatchObject(problem(404, 'relying_party_unknown'));
    expect(await registry.pf('GET', '/sectors/maps/sp-c')).toMatchObject(problem(404, 'map_missing'));
    expect(await registry.operator('GET', '/sectors/nobody')).toMatchObject(problem(404, 'sector_unknown'));
  });
});

describe('a group', () => {
  const approval = { approvedBy: '個人情報保護委員会', approval: '令和8年 第12号' };

  it('has one name for a person, when it was approved before there were names', async () => {
    const joined = await registry.operator('PUT', '/sectors/sp-c/members/sp-d', approval);
    expect(joined.body).toMatchObject([
      { step: 1, sector: 'sp-d' },
      { step: 2, sector: 'sp-c', version: 1 },
    ]);
    expect(await ppids('sp-d')).toEqual(await ppids('sp-c'));
    await registry.operator('POST', '/sectors/sp-c/rotations', { windowEndsAt: Date.now() + DAY });
    expect(await registry.identify('sp-d', people[0]!)).toMatchObject({
      ppid: await registry.ppid('sp-c', people[0]!),
      previousPpid: expect.any(String),
    });
  });

  it('is not entered by whoever has names already', async () => {
    await ppids('sp-e');
    expect(await registry.operator('PUT', '/sectors/sp-c/members/sp-e', approval)).toMatchObject(
      problem(409, 'sector_in_use'),
    );
  });
});

describe('a merge of sectors', () => {
  const signers = new Map(
    ['sp-e', 'sp-f'].map((code) => {
      const { privateKey, publicKey } = generateKeyPairSync('ed25519');
      return [code, { signer: ed25519NoteSigner(code, privateKey), vkey: formatVerifierKey(code, publicKey) }];
    }),
  );
  const proposalId = randomUUID();
  const terms = () => ({
    survivor: 'sp-e',
    absorbed: 'sp-f',
    effectiveFrom: 0,
    windowEndsAt: Date.UTC(2100, 0),
    consentUntil: Date.UTC(2100, 0),
  });
  const consentOf = (code: string, more: object = {}) =>
    Buffer.from(signMergeConsent({ proposalId, ...terms(), ...more }, signers.get(code)!.signer)).toString('base64');
  const send = (serviceProvider: string, consent: string) =>
    registry.pf('POST', `/sectors/merges/${proposalId}/consents`, { serviceProvider, consent });

  it('takes the signed consent of both, and nothing less', async () => {
    const before = { e: await ppids('sp-e'), f: await ppids('sp-f') };
    for (const [code, { vkey }] of signers)
      await registry.operator('PUT', `/sectors/consent-keys/${code}`, { verifierKey: vkey });
    const other = { verifierKey: signers.get('sp-e')!.vkey };
    expect(await registry.operator('PUT', '/sectors/consent-keys/sp-f', other)).toMatchObject(
      problem(400, 'consent_key_invalid'),
    );
    expect((await registry.operator('PUT', `/sectors/merges/${proposalId}`, terms())).status).toBe(200);
    const changed = { ...terms(), windowEndsAt: 5 };
    expect(await registry.operator('PUT', `/sectors/merges/${proposalId}`, changed)).toMatchObject(
      problem(409, 'proposal_differs'),
    );
    const read = await registry.pf('GET', `/sectors/merges/${proposalId}`);
    expect(read.body).toMatchObject({ ...terms(), consented: [] });
    const refused = [
      await send('sp-f', consentOf('sp-f', { windowEndsAt: 1 })),
      await send('sp-f', Buffer.from('no note').toString('base64')),
      await send('sp-e', consentOf('sp-f')),
    ];
    expect((await registry.pf('GET', `/sectors/merges/${proposalId}`)).body).toMatchObject({ consented: [] });
    for (const answer of refused) expect(answer).toMatchObject(problem(409, 'consent_invalid'));
    expect((await send('sp-f', consentOf('sp-f'))).body).toMatchObject({ consented: ['sp-f'] });
    expect(await ppids('sp-f')).toEqual(before.f);
    // The consent of one cannot stand for the other.
    expect(await send('sp-e', consentOf('sp-f'))).toMatchObject(problem(409, 'consent_invalid'));
    const merged = await send('sp-e', consentOf('sp-e'));
    expect(merged.body).toMatchObject({ consented: ['sp-e', 'sp-f'], mergedAt: expect.any(Number) });
    expect(await ppids('sp-e')).toEqual(before.e);
    const named = await Promise.all(people.map((each) => registry.identify('sp-f', each)));
    expect(named.map(({ ppid }) => ppid)).toEqual(before.e);
    expect(named.map(({ previousPpid }) => previousPpid)).toEqual(before.f);
    const map = await readMap('sp-f', { from: { sector: 'sp-f', version: 1 }, to: { sector: 'sp-e', version: 1 } });
    expect(before.f.map((old) => map.get(old))).toEqual(before.e);
  });

  it('leaves in the audit log who set the keys of consent', async () => {
    const auditor = await registry.join('auditor', { kind: 'office', roles: ['auditor'] });
    const { body } = await auditor<{ items: { entry: Record<string, string> }[] }>('GET', '/audit/entries');
    const noted = body.items.filter(({ entry }) => entry['purpose'] === 'consent_key');
    expect(noted.map(({ entry }) => [entry['caller'], entry['onBehalfOf']])).toEqual([
      ['operator', 'sp-e'],
      ['operator', 'sp-f'],
    ]);
  });

  it('is not extended to a third without asking those who are in it', async () => {
    const proposal = { ...terms(), absorbed: 'sp-g' };
    expect(await registry.operator('PUT', `/sectors/merges/${randomUUID()}`, proposal)).toMatchObject(
      problem(409, 'sector_in_use'),
    );
    const stranger = await registry.pf('GET', `/sectors/merges/${randomUUID()}`);
    expect(stranger).toMatchObject(problem(404, 'proposal_unknown'));
  });
});
