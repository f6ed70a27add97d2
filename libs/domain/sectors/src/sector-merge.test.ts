import { generateKeyPairSync } from 'node:crypto';
import { ed25519NoteSigner } from '@kakunin/usage-ledger';
import { describe, expect, it } from 'vitest';
import { mergeSectors, type SectorMergeProposal, signMergeConsent } from './sector-merge.ts';

const signerOf = (name: string) => ed25519NoteSigner(name, generateKeyPairSync('ed25519').privateKey);
const keys = new Map(['sp-a', 'sp-b', 'sp-c'].map((code) => [code, signerOf(code)]));
const keyOf = (code: string) => keys.get(code);
const proposal: SectorMergeProposal = {
  proposalId: 'p-1',
  survivor: 'sp-a',
  absorbed: 'sp-b',
  effectiveFrom: 1_000,
  windowEndsAt: 2_000,
  consentUntil: 500,
};
const consent = (by: string, to = proposal) => signMergeConsent(to, keys.get(by)!);
const both = [consent('sp-b'), consent('sp-a')];

describe('mergeSectors', () => {
  it('merges with the consent of both, and keeps it', () => {
    const merge = mergeSectors({ proposal, consents: both, keyOf, now: 500 });
    expect(merge).toEqual({ ...proposal, mergedAt: 500, consents: [both[1], both[0]] });
  });

  it.each<[string, object]>([
    ['one is missing', { consents: [consent('sp-a')] }],
    ['one came twice', { consents: [consent('sp-a'), consent('sp-a')] }],
    ['a third party consents', { consents: [consent('sp-a'), consent('sp-c')] }],
    ['it is to another merge', { consents: [consent('sp-a'), consent('sp-b', { ...proposal, proposalId: 'p-2' })] }],
    [
      'it is to the other way round',
      { consents: [consent('sp-a'), consent('sp-b', { ...proposal, survivor: 'sp-b', absorbed: 'sp-a' })] },
    ],
    ['the key is not registered', { keyOf: (code: string) => (code === 'sp-b' ? undefined : keyOf(code)) }],
    ['the key is under another name', { keyOf: () => keyOf('sp-a') }],
    ['somebody else signed in its name', { consents: [consent('sp-a'), signMergeConsent(proposal, signerOf('sp-b'))] }],
    ['it is too late', { now: 501 }],
    ['it is no note', { consents: [consent('sp-a'), new Uint8Array(3)] }],
  ])('does not when %s', (_, more) => {
    expect(() => mergeSectors({ proposal, consents: both, keyOf, now: 0, ...more })).toThrow(
      expect.objectContaining({ code: 'consent_invalid' }),
    );
  });

  it('does not merge a sector with itself', () => {
    const self = { ...proposal, absorbed: 'sp-a' };
    expect(() => mergeSectors({ proposal: self, consents: [], keyOf, now: 0 })).toThrow(
      expect.objectContaining({ code: 'sectors_equal' }),
    );
  });
});
