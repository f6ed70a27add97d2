import { RelyingPartyDirectory } from '@kakunin/relying-parties';
import type { RelyingParty } from '@kakunin/relying-parties';
import { expect, test } from 'vitest';
import { CallerIdentification } from './caller.ts';

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

function identification(plainCaller?: string, parties = [pf, office, sp]): CallerIdentification {
  const directory = new RelyingPartyDirectory();
  for (const party of parties) directory.put(party);
  return new CallerIdentification(directory, plainCaller);
}

const mtls = (name: string) => ({ listener: 'mtls', fingerprint: fingerprintOf(name) }) as const;

test.each([
  ['valid', { platformProvider: 'pf' }],
  ['expired', { refusal: 'client_certificate_expired' }],
  ['revoked', { refusal: 'client_certificate_revoked' }],
  ['stranger', { refusal: 'client_certificate_unknown' }],
  ['office', { refusal: 'caller_not_permitted' }],
])('the client certificate %s', (name, expected) => {
  expect(identification().identify({ connection: mtls(name), serviceProvider: '', now: NOW })).toEqual(expected);
});

const forServiceProvider = (serviceProvider: string) =>
  identification().identify({ connection: mtls('valid'), serviceProvider, now: NOW });

const plain = (plainCaller?: string) =>
  identification(plainCaller).identify({ connection: { listener: 'plain' }, serviceProvider: '', now: NOW });

test('a service provider must stand behind the caller', () => {
  expect(forServiceProvider('bank')).toEqual({ platformProvider: 'pf' });
  expect(forServiceProvider('shop')).toEqual({ refusal: 'service_provider_unknown' });
});

test('plain calls count for the configured platform provider, and for nobody else', () => {
  expect(plain('pf')).toEqual({ platformProvider: 'pf' });
  expect(plain('nobody')).toEqual({ refusal: 'caller_not_permitted' });
  expect(plain('ca')).toEqual({ refusal: 'caller_not_permitted' });
  expect(plain()).toEqual({ refusal: 'caller_not_permitted' });
});

test('before anybody is registered nobody is turned away for good', () => {
  const empty = identification('pf', []);
  for (const connection of [mtls('valid'), { listener: 'plain' } as const]) {
    expect(empty.identify({ connection, serviceProvider: '', now: NOW })).toEqual({ refusal: 'not_ready' });
  }
});
