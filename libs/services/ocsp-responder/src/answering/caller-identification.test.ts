import { RelyingPartyDirectory } from '@kakunin/relying-parties';
import type { RelyingParty } from '@kakunin/relying-parties';
import { beforeEach, describe, expect, test } from 'vitest';
import type { CallerConnection } from './caller-connection.ts';
import { CallerIdentification } from './caller-identification.ts';
import { CallerLimits } from './caller-limits.ts';

const NOW = Date.UTC(2026, 9, 31);
const fingerprintOf = (name: string): string => Buffer.from(name).toString('hex').padEnd(64, '0');
const credentialOf = (name: string, change = {}) => ({
  fingerprint: fingerprintOf(name),
  notBefore: NOW - 1000,
  notAfter: NOW + 1000,
  ...change,
});

const pf: RelyingParty = {
  code: 'pf',
  name: 'PF',
  kind: 'platform_provider',
  roles: ['platform_provider'],
  credentials: [
    credentialOf('valid'),
    credentialOf('expired', { notAfter: NOW - 1 }),
    credentialOf('revoked', { revokedAt: NOW }),
  ],
};
const office: RelyingParty = {
  ...pf,
  code: 'ca',
  kind: 'office',
  roles: ['finance'],
  credentials: [credentialOf('office')],
};
const sp: RelyingParty = {
  ...pf,
  code: 'bank',
  kind: 'service_provider',
  platformProvider: 'pf',
  roles: [],
  credentials: [],
};

const FOR_ITSELF = { serviceProvider: '', purpose: 'signature_verification' } as const;
const FOR_BANK = { serviceProvider: 'bank', purpose: 'liveness_check' } as const;

let directory: RelyingPartyDirectory;
beforeEach(() => {
  directory = new RelyingPartyDirectory();
  for (const party of [pf, office, sp]) directory.put(party);
  directory.complete();
});

const identification = (plainCaller?: string, requestsPerSecond = 0): CallerIdentification => {
  const memory = CallerLimits.memoryFor(1, { requestsPerSecond, connections: 0 });
  return new CallerIdentification({ directory, plainCaller, limits: new CallerLimits(memory, 0) });
};
const mtls = (name?: string): CallerConnection => ({
  listener: 'mtls',
  fingerprint: name === undefined ? undefined : fingerprintOf(name),
  address: '192.0.2.1',
  memo: undefined,
});
const plain = (): CallerConnection => ({ ...mtls(), listener: 'plain' });

const pays = (platformProvider: string, path: object) => ({
  customer: { platformProvider, ...path, charged: true },
  refusal: undefined,
});
const refused = (refusal: string) => ({ customer: undefined, refusal });

test.each([
  ['valid', pays('pf', FOR_ITSELF)],
  ['expired', refused('client_certificate_expired')],
  ['revoked', refused('client_certificate_revoked')],
  ['stranger', refused('client_certificate_unknown')],
  [undefined, refused('client_certificate_missing')],
  ['office', refused('caller_not_permitted')],
])('the client certificate %s', (name, expected) => {
  expect(identification().identify(mtls(name), FOR_ITSELF, NOW)).toEqual(expected);
});

test('a service provider must stand behind the caller', () => {
  const callers = identification();
  expect(callers.identify(mtls('valid'), FOR_BANK, NOW)).toEqual(pays('pf', FOR_BANK));
  const shop = { ...FOR_BANK, serviceProvider: 'shop' };
  expect(callers.identify(mtls('valid'), shop, NOW)).toEqual(refused('service_provider_unknown'));
});

test.each([
  ['pf', pays('pf', FOR_ITSELF)],
  ['nobody', refused('caller_not_permitted')],
  ['ca', refused('caller_not_permitted')],
  ['anonymous', refused('client_certificate_missing')],
  [undefined, refused('client_certificate_missing')],
])('plain calls when the plain caller is %s', (plainCaller, expected) => {
  expect(identification(plainCaller).identify(plain(), FOR_ITSELF, NOW)).toEqual(expected);
});

test.each(['valid', 'expired', 'revoked', 'stranger', 'office'])(
  'before all registrations are read %s is neither let in nor turned away',
  (name) => {
    directory = new RelyingPartyDirectory();
    for (const party of [pf, office]) directory.put(party);
    const callers = identification();
    const connection = mtls(name);
    const before = callers.identify(connection, FOR_BANK, NOW);
    expect(before).toEqual(refused('not_ready'));
    directory.put(sp);
    directory.complete();
    expect(callers.identify(connection, FOR_BANK, NOW)).not.toEqual(before);
  },
);

test('nor is the plain caller', () => {
  directory = new RelyingPartyDirectory();
  for (const plainCaller of ['pf', 'nobody'])
    expect(identification(plainCaller).identify(plain(), FOR_ITSELF, NOW)).toEqual(refused('not_ready'));
});

describe('one connection, again and again', () => {
  test('has one customer for each path, the same in every connection', () => {
    const callers = identification();
    const { customer } = callers.identify(mtls('valid'), FOR_ITSELF, NOW);
    expect(callers.identify(mtls('valid'), { ...FOR_ITSELF }, NOW).customer).toBe(customer);
    expect(callers.identify(mtls('valid'), FOR_BANK, NOW).customer).not.toBe(customer);
  });

  test('is found out when the certificate is withdrawn', () => {
    const callers = identification();
    const connection = mtls('valid');
    expect(callers.identify(connection, FOR_ITSELF, NOW)).toEqual(pays('pf', FOR_ITSELF));
    directory.put({ ...pf, credentials: [credentialOf('valid', { revokedAt: NOW })] });
    expect(callers.identify(connection, FOR_ITSELF, NOW)).toEqual(refused('client_certificate_revoked'));
  });

  test('is found out when the certificate ends', () => {
    const callers = identification();
    const connection = mtls('valid');
    expect(callers.identify(connection, FOR_ITSELF, NOW + 1000)).toEqual(pays('pf', FOR_ITSELF));
    expect(callers.identify(connection, FOR_ITSELF, NOW + 1001)).toEqual(refused('client_certificate_expired'));
  });

  test('is found out when the role is taken away, or the service provider moves on', () => {
    const callers = identification();
    const connection = mtls('valid');
    expect(callers.identify(connection, FOR_BANK, NOW)).toEqual(pays('pf', FOR_BANK));
    directory.put({ ...sp, platformProvider: 'pf2' });
    expect(callers.identify(connection, FOR_BANK, NOW)).toEqual(refused('service_provider_unknown'));
    directory.put({ ...pf, roles: [] });
    expect(callers.identify(connection, FOR_BANK, NOW)).toEqual(refused('caller_not_permitted'));
  });
});

describe('limits', () => {
  test('of one caller are not those of another, and count all its connections', () => {
    directory.put({ ...pf, code: 'pf2', credentials: [credentialOf('modest')] });
    const callers = identification(undefined, 2);
    const ask = (name: string) => callers.identify(mtls(name), FOR_ITSELF, NOW).refusal;
    expect([ask('valid'), ask('valid'), ask('valid')]).toEqual([undefined, undefined, 'rate_limited']);
    expect(ask('modest')).toBeUndefined();
    expect(callers.identify(mtls('valid'), FOR_ITSELF, NOW + 1000).refusal).toBeUndefined();
  });

  test('hold for those who are refused as well', () => {
    const callers = identification(undefined, 1);
    expect(callers.identify(mtls('office'), FOR_ITSELF, NOW).refusal).toBe('caller_not_permitted');
    expect(callers.identify(mtls('office'), FOR_ITSELF, NOW).refusal).toBe('rate_limited');
  });
});

describe('anonymous callers', () => {
  test('are nobody who pays, and ask for nobody', () => {
    const callers = identification();
    expect(callers.anonymous(FOR_ITSELF)).toEqual({
      customer: { platformProvider: 'anonymous', ...FOR_ITSELF, charged: false },
      refusal: undefined,
    });
    expect(callers.anonymous(FOR_BANK)).toEqual(refused('client_certificate_missing'));
  });

  test('are limited by their address, as all who are not known, except behind a proxy', () => {
    const callers = identification(undefined, 1);
    const from = (address: string | undefined) => callers.identify({ ...mtls(), address }, FOR_ITSELF, NOW).refusal;
    const missing = 'client_certificate_missing';
    expect([from('192.0.2.1'), from('192.0.2.1'), from('192.0.2.2')]).toEqual([missing, 'rate_limited', missing]);
    expect([from(undefined), from(undefined)]).toEqual([missing, missing]);
  });
});
