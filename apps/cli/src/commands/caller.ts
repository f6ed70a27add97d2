import { formatJst } from '@kakunin/calendar';
import { Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { dryRunOption, outputOption } from '../options.ts';
import { acknowledgedSchema } from '../registry-api.ts';

export const callerCommand = (context: Context): Command =>
  new Command('caller')
    .description('who asks the registry for persons: how much, and who is blocked')
    .addCommand(limit(context))
    .addCommand(blocks(context))
    .addCommand(lift(context));

const limitSchema = z.object({ callsPerHour: z.int(), personsPerDay: z.int() });

interface LimitOptions {
  readonly callsPerHour?: number;
  readonly personsPerDay?: number;
  readonly dryRun?: boolean;
}

const limit = (context: Context): Command =>
  new Command('limit')
    .description('show how much a caller may ask, or change it')
    .argument('<code>', 'the relying party that calls')
    .option('--calls-per-hour <number>', 'identifications', parseCount)
    .option('--persons-per-day <number>', 'different persons', parseCount)
    .addOption(dryRunOption())
    .action(async (code: string, { dryRun, ...change }: LimitOptions) => {
      const path = `/relying-parties/${encodeURIComponent(code)}/call-limit`;
      const before = await context.registry().get(path, limitSchema);
      if (Object.keys(change).length === 0) return context.printJson(before);
      const wanted = { ...before, ...change };
      if (dryRun) return context.printUnsent(wanted);
      context.printJson(await context.registry().put(path, wanted, limitSchema));
    });

const blocksSchema = z.array(z.object({ caller: z.string(), reason: z.string(), blockedAt: z.int() }));

const blocks = (context: Context): Command =>
  new Command('blocks')
    .description('list the callers that are refused until somebody has looked into it (runbook caller-blocked)')
    .addOption(outputOption('table', 'json'))
    .action(async ({ output }: { output: string }) => {
      context.printRows(output, await context.registry().get('/probing-blocks', blocksSchema), [
        { title: 'caller', value: ({ caller }) => caller },
        { title: 'reason', value: ({ reason }) => reason },
        { title: 'since', value: ({ blockedAt }) => formatJst(blockedAt) },
      ]);
    });

const lift = (context: Context): Command =>
  new Command('lift')
    .description('let a blocked caller ask again')
    .argument('<code>', 'the caller')
    .addOption(dryRunOption())
    .action(async (caller: string, { dryRun }: { dryRun?: boolean }) => {
      if (dryRun) return context.printUnsent({ caller });
      await context.registry().post('/probing-blocks/lifts', { caller }, acknowledgedSchema);
      context.note(`${caller} may ask again, in all processes within seconds.`);
    });

function parseCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A whole number from 1.');
}
