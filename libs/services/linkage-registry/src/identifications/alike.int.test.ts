import { createTestCa, type IssuedCertificate } from '@kakunin/testing/test-ca';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Vault } from '../keys/vault.ts';
import { type RegistryUnderTest, startRegistry } from '../testing/registry-under-test.ts';
import { REFUSAL_GRID_MS } from './refusal-grid.ts';
import { IdentificationStory, type Identified, signChallenge } from './testing/identification-story.ts';

let registry: RegistryUnderTest;
let story: IdentificationStory;
let known: IssuedCertificate;
beforeAll(async () => {
  // No round of news in between, which would look at the same tables.
  registry = await startRegistry('registry', { newsIntervalSeconds: 60 });
  story = await IdentificationStory.begin(registry);
  known = await story.issue('holder');
  await registry.join('pf-b', { kind: 'platform_provider', roles: ['platform_provider'] });
  await registry.operator('PUT', '/relying-parties/sp-x', {
    name: 'sp-x',
    kind: 'service_provider',
    platformProvider: 'pf-b',
    roles: [],
  });
});
afterAll(() => registry.close());

/** Tables that an identification looks at; rounds in the background look at others. */
const OWN = /\b(once|sector_step|challenge|used_check|presentation|audit_\w+|person_record)\b/;

/** What a request made the registry do, from its arrival to its answer. */
interface Work {
  readonly statements: readonly string[];
  readonly opened: number;
  readonly milliseconds: number;
  readonly answer: string;
}

async function workOf(request: () => Promise<Identified>): Promise<Work> {
  const query = vi.spyOn(pg.Client.prototype, 'query');
  const open = vi.spyOn(Vault.prototype, 'open');
  const started = performance.now();
  try {
    const answer = await request();
    const texts = query.mock.calls.map(([asked]) => (asked as unknown as { text?: string }).text ?? String(asked));
    return {
      statements: texts.filter((text) => OWN.test(text)),
      opened: open.mock.calls.length,
      milliseconds: performance.now() - started,
      answer: JSON.stringify(answer),
    };
  } finally {
    query.mockRestore();
    open.mockRestore();
  }
}

async function refusal(subject: IssuedCertificate, change: object = {}, signer = subject): Promise<Work> {
  const body = { serviceProvider: 'sp-a', certificate: subject.certificatePem, ...change };
  const proof = await signChallenge(story.pf, signer, { serviceProvider: body.serviceProvider });
  return workOf(() => story.identify({ ...proof, ...body }));
}

describe('refusals', () => {
  it('are alike in what is asked of the database, in keys that are opened, in their answer, and leave on the grid', async () => {
    await story.possession(known);
    const serialNumber = known.certificate.serialNumber;
    const works = [
      ['nobody knows the certificate', await refusal(await story.authority.issue())],
      ['another certificate has this serial number', await refusal(await story.authority.issue({ serialNumber }))],
      ['another authority issued it', await refusal(await (await createTestCa()).issue({ serialNumber }))],
      ['it is known, the signature is not by its key', await refusal(known, {}, await story.authority.issue())],
      ['it is known, the purpose is not allowed', await refusal(known, { purpose: 'marketing' })],
      ['it is known, the service provider is of another', await refusal(known, { serviceProvider: 'sp-x' })],
      ['it is known, the service provider is not', await refusal(known, { serviceProvider: 'sp-none' })],
    ] as const;
    const [, first] = works[0];
    expect(first.statements.length).toBeGreaterThanOrEqual(5);
    expect(first.opened).toBe(2);
    for (const [why, { statements, opened, milliseconds, answer }] of works) {
      expect({ why, statements, opened, answer }).toEqual({ ...first, why, milliseconds: undefined });
      expect(milliseconds).toBeGreaterThanOrEqual(REFUSAL_GRID_MS - 1);
    }
  });
});
