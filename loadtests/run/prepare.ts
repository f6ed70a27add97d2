import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestCa } from '@kakunin/testing/test-ca';
import { CampaignError } from './campaign-error.ts';
import { type DataSet, makeDataSet, writeSigners } from './data-set.ts';
import { writeDataSet } from './data-set-file.ts';
import { addressesAt } from './named-target.ts';
import { prepareReadme } from './prepare-readme.ts';
import { registerDataSet, writeLists } from './register.ts';

/** Revocations of several campaigns: a certificate is revoked once. */
const SPARE = 50_000;

export interface PrepareInput {
  readonly folder: string;
  readonly seed: number;
  /** Of each authority. */
  readonly certificates: number;
  /** Registers it all as the operator of `<folder>/.kakunin/cli.json`. */
  readonly registers: boolean;
  readonly say: (line: string) => void;
}

/**
 * Makes up what a campaign needs of an installation that runs elsewhere: authorities with their signers, lists of
 * certificates, callers with their client certificates, and what a person has to do with them.
 * @throws CampaignError when the folder holds a data set already: what was registered must not be lost
 */
export async function prepare({ folder, seed, certificates, registers, say }: PrepareInput): Promise<DataSet> {
  if (existsSync(join(folder, 'data-set.json'))) throw new CampaignError(`${folder} holds a data set already.`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  say('making up authorities, callers and certificates …');
  const data = await makeDataSet({ seed, certificates, spare: SPARE, clients: await createTestCa() });
  writeSigners(data, join(folder, 'signers'));
  await writeLists(data, folder);
  for (const { code, certificatePem } of [...data.callers, data.greedy])
    writeFileSync(join(folder, `${code}.pem`), certificatePem);
  const addresses = addressesAt(new URL('http://localhost'), data.callers[0]!.serviceProviders[0]!);
  writeFileSync(join(folder, 'target.json'), `${JSON.stringify(addresses, undefined, 2)}\n`);
  writeFileSync(join(folder, 'README.md'), prepareReadme(data));
  if (registers) await registerDataSet({ data, folder, say });
  writeDataSet(data, folder);
  return data;
}
