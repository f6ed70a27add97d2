import { Command } from 'commander';
import { z } from 'zod';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { dryRunOption } from '../options.ts';

/** What the registry takes is its to judge. */
const policySchema = z.looseObject({});

export const identificationPolicyCommand = (context: Context): Command =>
  new Command('policy')
    .description('show for which purposes persons are named to a service provider, on which proofs; or set it')
    .argument('<code>', 'the service provider')
    .option(
      '--set <file>',
      'JSON: {"purposes": [{"purpose", "proofs": ["possession"|"check"]}], "says": "status"|"usable"|"nothing"}',
    )
    .addOption(dryRunOption())
    .action(async (code: string, { set, dryRun }: { set?: string; dryRun?: boolean }) => {
      const path = `/relying-parties/${encodeURIComponent(code)}/identification-policy`;
      if (set === undefined) return context.printJson(await context.registry().get(path, policySchema));
      const policy = parseJson(set, (await context.read(set)).toString('utf8'));
      if (dryRun) return context.printUnsent(policy);
      context.printJson(await context.registry().put(path, policy, policySchema));
    });

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new CliError('usage', `${file} holds no JSON.`, { cause });
  }
}
