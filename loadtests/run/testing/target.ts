import type { Caller } from '../../lib/plan.ts';
import type { Target } from '../target.ts';

const caller = (code: string): Caller => ({ code, certificatePem: '', keyPem: '', serviceProviders: [`${code}-sp`] });

const template = { octets: '00', serialOffset: 0, serialLength: 1 };
const population = { seed: 1, size: 100, revokedShare: 0.1, smartphoneShare: 0.2, reuseExponent: 0.9 };

/** An installation that is not there, for plans. */
export const target: Omit<Target, 'stop'> = {
  plainOcspUrl: 'http://ocsp.test/ocsp/sp',
  mutualTlsOcspUrl: 'https://ocsp.test/ocsp',
  registryUrl: 'https://registry.test',
  billingUrl: 'https://billing.test',
  crlUrl: 'http://crl.test/crl',
  folder: '/nowhere',
  authorities: [
    { authorityId: 'a', share: 1, population, firstSerial: 16, withNonce: template, withoutNonce: template },
  ],
  authorityCertificates: [],
  callers: [caller('pf-1'), caller('pf-2')],
  greedy: caller('greedy'),
  customers: ['pf-1', 'pf-2', 'greedy'],
  holders: [],
  spare: { firstSerial: 200, count: 10 },
  services: [],
};
