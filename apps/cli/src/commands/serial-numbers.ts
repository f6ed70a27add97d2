import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { whyNot } from '../file-fault.ts';
import { dryRunOption, outputOption } from '../options.ts';
import { allottedSchema, keyVersionSchema } from '../registry-api.ts';

export const serialNumbersCommand = (context: Context): Command =>
  new Command('serial-numbers')
    .description('sealed serial numbers for an authority to put into its certificates')
    .addCommand(allot(context))
    .addCommand(createKey(context))
    .addCommand(rotate(context));

/** What the registry gives to one request. */
const MOST_A_REQUEST = 65_536;
const LAST_KEY_VERSION = 127;
const KEY_OCTETS = 32;

interface AllotOptions {
  readonly authority: string;
  readonly requestId: string;
  readonly count: number;
  readonly output: string;
  readonly dryRun?: true;
}

const allot = (context: Context): Command =>
  new Command('allot')
    .description('allot serial numbers: the same request is given the same ones again')
    .requiredOption('--authority <id>', 'registered with sealed serial numbers')
    .requiredOption(
      '--request-id <id>',
      'chosen by the authority; up to 56 letters, digits, ".", "_", ":" and "-"',
      parseId,
    )
    .requiredOption('--count <number>', 'how many', parseCount)
    .addOption(outputOption('text', 'json'))
    .addOption(dryRunOption())
    .action(async ({ authority: authorityId, requestId, count, output, dryRun }: AllotOptions) => {
      if (dryRun) return context.note(`Would allot ${count} serial numbers of ${authorityId}. Nothing was sent.`);
      const all = { serialNumbers: [] as string[], honeySerialNumbers: [] as string[] };
      for (let part = 0; part * MOST_A_REQUEST < count; part += 1) {
        const body = {
          authorityId,
          requestId: count > MOST_A_REQUEST ? `${requestId}.${part}` : requestId,
          count: Math.min(MOST_A_REQUEST, count - part * MOST_A_REQUEST),
        };
        const { serialNumbers, honeySerialNumbers } = await context
          .registry()
          .post('/serial-numbers', body, allottedSchema);
        all.honeySerialNumbers.push(...honeySerialNumbers);
        if (output === 'json') all.serialNumbers.push(...serialNumbers);
        else context.print(`${serialNumbers.join('\n')}\n`);
      }
      if (output === 'json') return context.printJson(all);
      const honey = all.honeySerialNumbers.length;
      if (honey > 0) context.note(`${honey} more are for certificates that nobody holds (honey): -o json names them.`);
    });

interface KeyOptions {
  readonly authority: string;
  readonly directory: string;
  readonly keyVersion: number;
  readonly dryRun?: true;
}

const createKey = (context: Context): Command =>
  new Command('create-key')
    .description('make a sealing key, for registry, responders and publisher alike, before it is used')
    .requiredOption('--authority <id>', 'whose serial numbers it seals')
    .requiredOption('--key-version <number>', '1 for a new authority, else the next one', parseVersion)
    .requiredOption('--directory <path>', 'KAKUNIN_REGISTRY_SEALING_KEYS_DIRECTORY')
    .addOption(dryRunOption())
    .action(({ authority, keyVersion: version, directory, dryRun }: KeyOptions) => {
      const file = context.path(join(directory, authority, `sealing-${version}.key`));
      if (dryRun) return context.print(`would make ${file} (mode 0600)\n`);
      const key = Buffer.from(context.terminal.random(KEY_OCTETS)).toString('hex');
      try {
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
        writeFileSync(file, `${key}\n`, { mode: 0o600, flag: 'wx' });
      } catch (cause) {
        throw new CliError('failed', `${file} was not made: ${whyNot(cause)}.`, { cause });
      }
      context.print(`${file} (mode 0600)\n`);
    });

const rotate = (context: Context): Command =>
  new Command('rotate-key')
    .description('allot under the next sealing key; responders and publisher must have it before')
    .requiredOption('--authority <id>', 'whose serial numbers it seals')
    .requiredOption('--key-version <number>', 'the next key version', parseVersion)
    .addOption(dryRunOption())
    .action(async ({ authority: authorityId, keyVersion: version, dryRun }: Omit<KeyOptions, 'directory'>) => {
      if (dryRun) return context.note(`Would go on under key version ${version}. Nothing was sent.`);
      const body = { authorityId, keyVersion: version };
      const { keyVersion } = await context.registry().post('/serial-numbers/rotations', body, keyVersionSchema);
      context.note(`Serial numbers of ${authorityId} are allotted under key version ${keyVersion}.`);
    });

function parseId(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._:-]{0,55}$/.test(text)) return text;
  throw new InvalidArgumentError('1 to 56 letters, digits, ".", "_", ":" and "-".');
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A number from 1 to 999999999.');
}

function parseVersion(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text) && Number(text) <= LAST_KEY_VERSION) return Number(text);
  throw new InvalidArgumentError(`A number from 1 to ${LAST_KEY_VERSION}.`);
}
