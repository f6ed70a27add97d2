import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CampaignError } from './campaign-error.ts';
import type { DataSet } from './data-set.ts';

const template = z.object({
  octets: z.string(),
  serialOffset: z.int(),
  serialLength: z.int(),
  nonceOffset: z.int().exactOptional(),
});
const caller = z.object({
  code: z.string(),
  certificatePem: z.string(),
  keyPem: z.string(),
  serviceProviders: z.array(z.string()).min(1),
});
const asked = z.object({
  authorityId: z.string(),
  share: z.number(),
  population: z.object({
    seed: z.int(),
    size: z.int(),
    revokedShare: z.number(),
    smartphoneShare: z.number(),
    reuseExponent: z.number(),
  }),
  firstSerial: z.int(),
  withNonce: template,
  withoutNonce: template,
});

/** What a campaign has to know of a data set that was registered before: `data-set.json`. */
const schema = z.object({
  authorities: z.array(asked).min(1),
  authorityCertificates: z.array(z.string()).min(1),
  callers: z.array(caller).min(1),
  greedy: caller,
  holders: z.array(z.object({ certificatePem: z.string(), key: z.string() })).min(1),
  spare: z.object({ firstSerial: z.int(), count: z.int() }),
});
export type KnownDataSet = z.infer<typeof schema>;

const FILE = 'data-set.json';

export const knownOf = ({ authorities, callers, greedy, holders, spare }: DataSet): KnownDataSet => ({
  authorities: authorities.map((authority) => authority.asked),
  authorityCertificates: authorities.map(({ ca }) => ca.certificatePem),
  callers: callers.map((one) => ({ ...one, serviceProviders: [...one.serviceProviders] })),
  greedy: { ...greedy, serviceProviders: [...greedy.serviceProviders] },
  holders: holders.map(({ certificatePem, key }) => ({ certificatePem, key })),
  spare: { ...spare },
});

/** It holds the callers' private keys. */
export const writeDataSet = (data: DataSet, folder: string): void =>
  writeFileSync(join(folder, FILE), JSON.stringify(knownOf(data)), { mode: 0o600 });

/** @throws CampaignError */
export const readDataSet = (folder: string): KnownDataSet => readChecked(join(folder, FILE), schema);

/** @throws CampaignError when the file is not there, no JSON, or not of that shape */
export function readChecked<T>(file: string, shape: z.ZodType<T>): T {
  try {
    return shape.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new CampaignError(`${file} cannot be used: ${reason}`, { cause });
  }
}

const usedSchema = z.object({ runs: z.int(), revoked: z.int() });

/** How often a data set was used, and how many of its spare certificates are revoked: neither can be taken back. */
export type Used = z.infer<typeof usedSchema>;

export const readUsed = (folder: string): Used =>
  existsSync(join(folder, 'used.json')) ? readChecked(join(folder, 'used.json'), usedSchema) : { runs: 0, revoked: 0 };

export const writeUsed = (folder: string, used: Used): void =>
  writeFileSync(join(folder, 'used.json'), `${JSON.stringify(used)}\n`);
