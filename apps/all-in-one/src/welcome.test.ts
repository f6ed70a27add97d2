import { resolve } from 'node:path';
import type { RunningService } from '@kakunin/runtime';
import { expect, it } from 'vitest';
import { layoutOf, serviceEnvironment } from './environment.ts';
import type { System } from './system.ts';
import { welcome } from './welcome.ts';

const service = (name: string, managementPort: number, ports: Record<string, number>): RunningService =>
  ({ name, managementPort, ports }) as unknown as RunningService;

const files = { certificateFile: 'certificate.pem', keyFile: 'key.pem' };
const tls: System['tls'] = { caFile: 'ca.pem', server: files, operator: files };

const systemIn = (directory: string): System => ({
  layout: layoutOf(directory),
  tls,
  services: {
    registry: service('linkage-registry', 9082, { api: 8445 }),
    responder: service('ocsp-responder', 9081, { mtls: 8443 }),
    publisher: service('crl-publisher', 9083, { public: 8083 }),
    meter: service('billing-meter', 9084, { api: 8444 }),
  },
  sandbox: undefined,
  close: () => Promise.resolve(),
});

it('names every address in one column', () => {
  const addresses = welcome(systemIn('.kakunin')).match(/^ {2}.*https?:.*$/gm) ?? [];
  expect(addresses).toHaveLength(9);
  expect(new Set(addresses.map((line) => line.indexOf('http')))).toEqual(new Set([20]));
});

it('says where the profile is when the command line would not find it by itself', () => {
  expect(welcome(systemIn('.kakunin'))).not.toContain('KAKUNIN_PROFILE');
  const elsewhere = resolve('elsewhere');
  expect(welcome(systemIn(elsewhere))).toContain('export KAKUNIN_PROFILE=elsewhere/cli.json');
});

it('opens the plain port without a sandbox for the page alone: nobody is answered there', () => {
  const input = { layout: layoutOf('.kakunin'), tls, databaseUrl: (name: string) => name };
  expect(serviceEnvironment({ ...input, sandbox: true }).KAKUNIN_OCSP_PLAIN_CALLER).toBe('sandbox-pf');
  expect(serviceEnvironment({ ...input, sandbox: false }).KAKUNIN_OCSP_PLAIN_CALLER).toBe('anonymous');
  expect(welcome(systemIn('.kakunin'))).not.toContain('OCSP (sandbox)');
});
