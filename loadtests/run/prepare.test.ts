import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CampaignError } from './campaign-error.ts';
import type { DataSet } from './data-set.ts';
import { knownOf } from './data-set-file.ts';
import { namedTarget } from './named-target.ts';
import { prepare } from './prepare.ts';

const directory = mkdtempSync(join(tmpdir(), 'kakunin-prepare-'));
afterAll(() => rmSync(directory, { recursive: true }));

const folder = join(directory, 'data');
const file = join(folder, 'target.json');
const input = { folder, seed: 1, certificates: 20, registers: false, say: () => undefined };
let data: DataSet;
beforeAll(async () => {
  data = await prepare(input);
});

const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

test('says what is to be done before a profile is there', () => {
  expect(() => namedTarget(file, undefined)).toThrow(/profile is missing: put it at/);
  mkdirSync(join(folder, '.kakunin'));
  writeFileSync(join(folder, '.kakunin/cli.json'), '{}');
});

test('what was prepared is what a campaign loads', () => {
  const { target } = namedTarget(file, undefined);
  expect(target).toMatchObject({ ...knownOf(data), folder });
  expect(target.plainOcspUrl).toBe('http://localhost:8081/ocsp/load-pf-1-sp-1');
  expect(target.customers).toEqual(['load-pf-1', 'load-pf-2', 'load-pf-3', 'load-pf-4', 'load-pf-greedy']);
  expect([target.incidents, target.liftLimits, target.closesMonths]).toEqual([undefined, undefined, undefined]);
});

test('a host by URL has the usual ports, and needs a data set', () => {
  const { target } = namedTarget('https://kakunin.test', folder);
  expect(target.mutualTlsOcspUrl).toBe('https://kakunin.test:8443/ocsp');
  expect(target.crlUrl).toBe('http://kakunin.test:8083/crl');
  expect(() => namedTarget('https://kakunin.test', undefined)).toThrow(/--data-set/);
});

test('what was revoked is not revoked again, and no id of an event comes again', () => {
  const { firstSerial, count } = data.spare;
  namedTarget(file, undefined).target.noteRevoked!(30);
  namedTarget(file, undefined).target.noteRevoked!(12);
  const { target, runs } = namedTarget(file, undefined);
  expect([runs, target.spare]).toEqual([2, { firstSerial: firstSerial + 42, count: count - 42 }]);
});

test('lists, signers and certificates lie where the README says; keys are nobody else’s to read', () => {
  const readme = read('README.md');
  for (const { asked } of data.authorities) {
    const { authorityId } = asked;
    expect(readme).toContain(`kakunin certificates import --authority ${authorityId} --format csv ${authorityId}.csv`);
    expect(read(`${authorityId}.csv`).split('\n').length).toBeGreaterThan(20);
    for (const use of ['ocsp', 'crl']) expect(read(`signers/${use}/${authorityId}/key.pem`)).toContain('PRIVATE KEY');
  }
  for (const { code, certificatePem } of data.callers) {
    expect(readme).toContain(`kakunin relying-party credential add ${code} --certificate ${code}.pem`);
    expect(read(`${code}.pem`)).toBe(certificatePem);
  }
  expect(statSync(join(folder, 'data-set.json')).mode & 0o077).toBe(0);
});

test('a data set is never written over', async () => {
  await expect(prepare(input)).rejects.toThrow(CampaignError);
});

test.each([
  ['no JSON', '{'],
  ['an URL that is none', JSON.stringify({ ...JSON.parse('{}'), plainOcspUrl: 'here' })],
  ['a name that is not known', JSON.stringify({ registryURL: 'https://registry.test' })],
])('a target file with %s is refused with its name', (_, text) => {
  const bad = join(directory, 'bad.json');
  writeFileSync(bad, text);
  expect(() => namedTarget(bad, folder)).toThrow(`${bad} cannot be used`);
  expect(() => namedTarget(bad, folder)).toThrow(CampaignError);
});
