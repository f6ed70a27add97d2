import { dirname, join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { createDigestKey } from '@kakunin/digest-keys';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';

/** Under `billing`: the keys under which usage names certificates. */
export const digestKeyCommand = (context: Context): Command =>
  new Command('digest-key')
    .description('keys under which usage names certificates, one a calendar year (JST)')
    .addCommand(create(context));

interface CreateOptions {
  readonly directory: string;
  readonly dryRun?: true;
}

const create = (context: Context): Command =>
  new Command('create')
    .description('make the key of a year, for all responders that share a directory; before the year begins')
    .argument('<year>', 'calendar year in Japan, such as 2027', parseYear)
    .requiredOption('--directory <path>', 'KAKUNIN_OCSP_DIGEST_KEYS_DIRECTORY of the responders')
    .option('--dry-run', 'say what would be made, and make nothing')
    .action(async (year: string, { directory, dryRun }: CreateOptions) => {
      const file = context.path(join(directory, `${year}.key`));
      if (dryRun) return context.print(`would make ${file} (mode 0600)\n`);
      if (!(await createDigestKey(dirname(file), year)))
        throw new CliError('failed', `There is a key already: ${file}. It stays, as usage of the year rests on it.`);
      context.print(`${file} (mode 0600)\n`);
    });

function parseYear(text: string): string {
  if (/^20\d\d$/.test(text)) return text;
  throw new InvalidArgumentError('Give a year such as 2027.');
}
