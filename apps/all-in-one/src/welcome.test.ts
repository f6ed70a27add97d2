import { resolve } from 'node:path';
import type { RunningService } from '@kakunin/runtime';
import { expect, it } from 'vitest';
import { layoutOf } from './environment.ts';
import type { System } from './system.ts';
import { welcome } from './welcome.ts';

const service = (name: string, managementPort: number, ports: Record<string, number>): RunningService =>
  ({ name, managementPort, ports }) as unknown as RunningService;

const systemIn = (directory: string): System => ({
  layout: layoutOf(directory),
  tls: {} as System['tls'],
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
