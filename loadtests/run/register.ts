import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { kakuninOk } from '@kakunin/e2e/support/processes';
import { certificateLines, type DataSet } from './data-set.ts';
import { type Provider, registerProvider, registryOf } from './operator.ts';

/** Writes each authority's certificate (`<id>.pem`) and its list (`<id>.csv`), as it would hand them over. */
export async function writeLists(data: DataSet, folder: string): Promise<void> {
  for (const authority of data.authorities) {
    const { authorityId } = authority.asked;
    writeFileSync(join(folder, `${authorityId}.pem`), authority.ca.certificatePem);
    const list = createWriteStream(join(folder, `${authorityId}.csv`));
    await pipeline(Readable.from(certificateLines(data, authority, Date.now())), list);
  }
}

/** What an operator types to register an authority, with file names in the folder of the lists. */
export function commandsFor({
  asked,
  certificateClass,
}: DataSet['authorities'][number]): readonly (readonly string[])[] {
  const { authorityId, firstSerial } = asked;
  const scheme = ['--serial-scheme', 'sequential', '--first-serial', firstSerial.toString(16)];
  const about = ['--certificate', `${authorityId}.pem`, '--class', certificateClass, ...scheme];
  return [
    ['authority', 'register', authorityId, ...about],
    ['certificates', 'import', '--authority', authorityId, '--format', 'csv', `${authorityId}.csv`],
  ];
}

export interface RegisterInput {
  readonly data: DataSet;
  /** With the lists, and the operator's profile. */
  readonly folder: string;
  /** Beside the callers of the data set. */
  readonly others?: readonly Provider[];
  readonly say: (line: string) => void;
}

/** Registers callers, authorities and certificates as an operator and an authority do. */
export async function registerDataSet({ data, folder, others = [], say }: RegisterInput): Promise<void> {
  const registry = registryOf(folder);
  for (const provider of [...data.callers, data.greedy, ...others]) await registerProvider(registry, provider);
  for (const authority of data.authorities) {
    const { authorityId, population } = authority.asked;
    say(`registering ${authorityId} and importing its ${population.size.toLocaleString('en')} certificates …`);
    for (const command of commandsFor(authority)) await kakuninOk(folder, command);
  }
}
