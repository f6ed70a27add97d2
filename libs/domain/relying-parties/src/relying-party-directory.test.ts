import { beforeEach, describe, expect, it } from 'vitest';
import type { RelyingParty } from './relying-party.ts';
import { RelyingPartyDirectory } from './relying-party-directory.ts';

const credential = (fill: string, more: object = {}) => ({
  fingerprint: fill.repeat(64),
  notBefore: 100,
  notAfter: 200,
  ...more,
});
const pf: RelyingParty = {
  code: 'pf-a',
  name: 'PF',
  kind: 'platform_provider',
  roles: ['platform_provider'],
  credentials: [credential('a'), credential('b', { revokedAt: 150 })],
};
const sp: RelyingParty = {
  code: 'sp-a',
  name: 'SP',
  kind: 'service_provider',
  platformProvider: 'pf-a',
  roles: [],
  credentials: [],
};

let directory: RelyingPartyDirectory;
beforeEach(() => {
  directory = new RelyingPartyDirectory();
  directory.put(pf);
  directory.put(sp);
  directory.complete();
});

describe('identify', () => {
  it('neither knows nor turns away anybody before everything that was registered is there', () => {
    directory = new RelyingPartyDirectory();
    directory.put(pf);
    for (const letter of ['a', 'b', 'c'])
      expect(directory.identify(letter.repeat(64), 150)).toEqual({ refusal: 'not_ready' });
    expect(directory.identify(undefined, 150)).toEqual({ refusal: 'client_certificate_missing' });
    directory.complete();
    expect(directory.identify('a'.repeat(64), 150)).toMatchObject({ caller: { code: 'pf-a' } });
  });

  it('leaves a credential with whom it was put for first, until it is revoked', () => {
    const fingerprint = 'a'.repeat(64);
    const caller = { code: 'pf-a', roles: new Set(['platform_provider']), notAfter: 200 };
    directory.put({ ...sp, credentials: [credential('a')] });
    expect(directory.identify(fingerprint, 150)).toEqual({ caller });
    directory.put(sp);
    expect(directory.identify(fingerprint, 150)).toEqual({ caller });
    directory.put({ ...sp, credentials: [credential('a', { revokedAt: 150 })] });
    expect(directory.identify(fingerprint, 150)).toEqual({ refusal: 'client_certificate_revoked' });
  });

  it.each([
    ['missing', undefined, 150],
    ['unknown', 'c'.repeat(64), 150],
    ['revoked', 'b'.repeat(64), 150],
    ['expired', 'a'.repeat(64), 99],
    ['expired', 'a'.repeat(64), 201],
  ])('refuses a certificate that is %s', (what, fingerprint, now) => {
    expect(directory.identify(fingerprint, now)).toEqual({ refusal: `client_certificate_${what}` });
  });

  it('knows the caller, at both ends of the validity too', () => {
    for (const now of [100, 200]) {
      expect(directory.identify('a'.repeat(64), now)).toEqual({
        caller: { code: 'pf-a', roles: new Set(['platform_provider']), notAfter: 200 },
      });
    }
  });

  it('forgets credentials that the newest state of a party does not name', () => {
    directory.put({ ...pf, credentials: [credential('c')] });
    expect(directory.identify('a'.repeat(64), 150)).toEqual({ refusal: 'client_certificate_unknown' });
    expect(directory.identify('c'.repeat(64), 150)).toMatchObject({ caller: { code: 'pf-a' } });
  });
});

it('knows who stands behind whom', () => {
  expect(directory.standsBehind('sp-a', 'pf-a')).toBe(true);
  expect(directory.standsBehind('sp-a', 'pf-b')).toBe(false);
  expect(directory.standsBehind('pf-a', 'pf-a')).toBe(false);
  expect(directory.standsBehind('sp-z', 'pf-a')).toBe(false);
});

describe('a copy in another thread', () => {
  it('says the same, whoever a credential was put for first, and follows', () => {
    const shared = credential('d');
    directory.put({ ...sp, credentials: [shared] });
    directory.put({ ...pf, credentials: [credential('a'), shared] });
    const copy = RelyingPartyDirectory.from(structuredClone(directory.image()));
    expect(copy.identify('d'.repeat(64), 150)).toMatchObject({ caller: { code: 'sp-a' } });
    directory.follow((party) => copy.put(party));
    directory.put({ ...sp, credentials: [] });
    expect(copy.identify('d'.repeat(64), 150)).toEqual({ refusal: 'client_certificate_unknown' });
  });

  it('is complete when the original was', async () => {
    const original = new RelyingPartyDirectory();
    expect(RelyingPartyDirectory.from(original.image()).isComplete).toBe(false);
    original.complete();
    await original.whenComplete;
    expect(RelyingPartyDirectory.from(structuredClone(original.image())).isComplete).toBe(true);
  });

  it('is left alone when it no longer follows', () => {
    const copy = RelyingPartyDirectory.from(directory.image());
    directory.follow((party) => copy.put(party))();
    directory.put({ ...pf, credentials: [] });
    expect(copy.identify('a'.repeat(64), 150)).toMatchObject({ caller: { code: 'pf-a' } });
  });
});

it('counts its versions', () => {
  const { version } = directory;
  directory.put(pf);
  expect(directory.version).toBe(version + 1);
});
