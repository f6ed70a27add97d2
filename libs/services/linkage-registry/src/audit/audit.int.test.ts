import { type AuditEntry, type ChainedEntry, EMPTY_CHAIN, openAuditHead, verifyChain } from '@kakunin/audit';
import { createTestCa, type IssuedCertificate } from '@kakunin/testing/test-ca';
import { parseVerifierKey } from '@kakunin/usage-ledger';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IdentificationStory, signChallenge } from '../identifications/testing/identification-story.ts';
import type { Send } from '../testing/api-client.ts';
import { type RegistryUnderTest, startRegistry } from '../testing/registry-under-test.ts';
import { HeadRounds } from './head-rounds.ts';

let registry: RegistryUnderTest;
let story: IdentificationStory;
let auditor: Send;
let card: IssuedCertificate;
let phone: IssuedCertificate;
beforeAll(async () => {
  registry = await startRegistry();
  story = await IdentificationStory.begin(registry);
  auditor = await registry.join('auditor', { kind: 'office', roles: ['auditor'] });
  [card, phone] = [await story.issue('holder'), await story.issue('holder', { carrier: 'smartphone' })];
});
afterAll(() => registry.close());

interface Page {
  readonly items: readonly { readonly entry: AuditEntry; readonly hash: string }[];
  readonly next: number;
}

async function readLog(): Promise<readonly ChainedEntry[]> {
  const entries: ChainedEntry[] = [];
  for (;;) {
    const { body } = await auditor<Page>('GET', `/audit/entries?from=${entries.length}&limit=7`);
    if (body.items.length === 0) return entries;
    entries.push(...body.items.map(({ entry, hash }) => ({ entry, hash: Buffer.from(hash, 'hex') })));
  }
}

async function ownView(subject: IssuedCertificate, change: object = {}) {
  const proof = await signChallenge(story.pf, subject, { serviceProvider: 'sp-a', use: 'holder-view' });
  const body = { serviceProvider: 'sp-a', certificate: subject.certificatePem, ...proof, ...change };
  return story.pf<{ entries: AuditEntry[]; code?: string }>('POST', '/audit/holder-views', body);
}

describe('an auditor', () => {
  it('verifies the whole chain up to a signed head, through many callers at once', async () => {
    await Promise.all(Array.from({ length: 12 }, () => story.possession(card)));
    const { body } = await auditor<{ head: string }>('GET', '/audit/heads');
    const keys = (await auditor<{ auditHead: string }>('GET', '/signing-keys')).body;
    const head = openAuditHead(Buffer.from(body.head), parseVerifierKey(keys.auditHead));
    const entries = await readLog();
    expect(verifyChain(EMPTY_CHAIN, entries)).toEqual({ size: head.size, hash: Buffer.from(head.hash) });
    expect(entries.filter(({ entry }) => entry.action === 'identification')).toHaveLength(12);
    expect(new Set(entries.map(({ entry }) => entry.holderTag)).size).toBe(entries.length);
    const later = (await auditor<{ earlier: { note: string }[] }>('GET', '/audit/heads')).body;
    expect(later.earlier.map(({ note }) => note)).toContain(body.head);
  });

  it('finds heads that were signed while nobody asked', async () => {
    await registry.service.app.get(HeadRounds).publish();
    await story.possession(card);
    const { earlier } = (await auditor<{ earlier: { size: number; note: string }[] }>('GET', '/audit/heads')).body;
    const keys = (await auditor<{ auditHead: string }>('GET', '/signing-keys')).body;
    const log = await readLog();
    for (const { note } of earlier) {
      const { size, hash } = openAuditHead(Buffer.from(note), parseVerifierKey(keys.auditHead));
      expect(Buffer.from(verifyChain(EMPTY_CHAIN, log.slice(0, size)).hash)).toEqual(Buffer.from(hash));
    }
    expect(earlier.length).toBeGreaterThanOrEqual(2);
  });

  it('finds the entry that evidence speaks of', async () => {
    const { evidence } = (await story.possession(card)).body;
    const { auditHash } = JSON.parse(Buffer.from(evidence.split('.')[1]!, 'base64url').toString()) as {
      auditHash: string;
    };
    const hashes = (await readLog()).map(({ hash }) => Buffer.from(hash).toString('base64url'));
    expect(hashes).toContain(auditHash);
  });

  it('finds what somebody with all rights to the database has removed', async () => {
    const client = new pg.Client(registry.databaseUrl);
    await client.connect();
    await client.query('ALTER TABLE audit_entry DISABLE TRIGGER USER');
    const { rows } = await client.query('DELETE FROM audit_entry WHERE sequence = 3 RETURNING *');
    const entries = (await auditor<Page>('GET', '/audit/entries')).body.items;
    const chained = entries.map(({ entry, hash }) => ({ entry, hash: Buffer.from(hash, 'hex') }));
    expect(() => verifyChain(EMPTY_CHAIN, chained)).toThrow('at sequence 3');
    const columns = Object.keys(rows[0] as object);
    const places = columns.map((_, index) => `$${index + 1}`).join();
    await client.query(
      `INSERT INTO audit_entry (${columns.join()}) VALUES (${places})`,
      Object.values(rows[0] as object),
    );
    await client.query('ALTER TABLE audit_entry ENABLE TRIGGER USER');
    await client.end();
    expect(verifyChain(EMPTY_CHAIN, await readLog()).size).toBeGreaterThan(3);
  });
});

describe('a holder', () => {
  it('sees who asked about him by any of his certificates, those who were refused too, and nobody else', async () => {
    const other = await story.issue('somebody else');
    await story.possession(phone);
    await story.possession(card, { purpose: 'marketing' });
    await story.possession(other);
    const { entries } = (await ownView(card)).body;
    expect(entries.slice(0, 3)).toMatchObject([
      { action: 'holder_view', caller: 'pf-a', purpose: 'own_view', outcome: 'granted' },
      { action: 'identification', onBehalfOf: 'sp-a', purpose: 'marketing', outcome: 'refused' },
      { action: 'identification', onBehalfOf: 'sp-a', purpose: 'login', outcome: 'granted' },
    ]);
    const others = (await ownView(other)).body.entries;
    expect(others.map(({ action }) => action)).toEqual(['holder_view', 'identification']);
    expect(entries.map(({ sequence }) => sequence)).not.toContain(others[1]!.sequence);
    expect((await ownView(phone)).body.entries).toHaveLength(entries.length + 1);
    expect(JSON.stringify(entries)).not.toContain('holderTag');
  });

  it('is who signs for this: a signature for an identification shows nothing', async () => {
    const refused = { status: 404, body: { code: 'not_identifiable' } };
    const proof = await signChallenge(story.pf, card, { serviceProvider: 'sp-a' });
    expect(await ownView(card, proof)).toMatchObject(refused);
    expect(await ownView(card, { serviceProvider: 'sp-b' })).toMatchObject(refused);
    const impostor = await createTestCa();
    expect(await ownView(await impostor.issue())).toMatchObject(refused);
    const stolen = { certificate: phone.certificatePem };
    expect(await ownView(await story.authority.issue(), stolen)).toMatchObject(refused);
  });
});
