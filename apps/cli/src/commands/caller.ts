import { formatJst } from '@kakunin/calendar';
import { Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { dryRunOption, outputOption } from '../options.ts';
import { groupDigits } from '../table.ts';
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
  readonly output: string;
  readonly dryRun?: boolean;
}

const limit = (context: Context): Command =>
  new Command('limit')
    .description('show how much a caller may ask, or change it')
    .argument('<code>', 'the relying party that calls')
    .option('--calls-per-hour <number>', 'identifications', parseCount)
    .option('--persons-per-day <number>', 'different persons', parseCount)
    .addOption(outputOption('table', 'json'))
    .addOption(dryRunOption())
    .action(async (code: string, { output, dryRun, ...change }: LimitOptions) => {
      const path = `/relying-parties/${encodeURIComponent(code)}/call-limit`;
      const before = await context.registry().get(path, limitSchema);
      if (Object.keys(change).length === 0) return printLimit(context, output, before);
      const wanted = { ...before, ...change };
      if (dryRun) return context.printUnsent(wanted);
      printLimit(context, output, await context.registry().put(path, wanted, limitSchema));
    });

function printLimit(context: Context, output: string, limits: z.infer<typeof limitSchema>): void {
  if (output === 'json') return context.printJson(limits);
  context.printRows(
    output,
    [limits],
    [
      { title: 'calls per hour', value: ({ callsPerHour }) => groupDigits(callsPerHour), align: 'right' },
      { title: 'persons per day', value: ({ personsPerDay }) => groupDigits(personsPerDay), align: 'right' },
    ],
  );
}

const blocksSchema = z.array(
  z.object({ caller: z.string(), reason: z.string(), blockedAt: z.int(), until: z.int().optional(), times: z.int() }),
);

const blocks = (context: Context): Command =>
  new Command('blocks')
    .description('list the callers that are refused, and until when (runbook caller-blocked)')
    .addOption(outputOption('table', 'json'))
    .action(async ({ output }: { output: string }) => {
      context.printRows(output, await context.registry().get('/probing-blocks', blocksSchema), [
        { title: 'caller', value: ({ caller }) => caller },
        { title: 'reason', value: ({ reason }) => reason },
        { title: 'since', value: ({ blockedAt }) => formatJst(blockedAt) },
        { title: 'until', value: ({ until }) => (until === undefined ? 'it is lifted' : formatJst(until)) },
        { title: 'times', value: ({ times }) => `${times}` },
      ]);
    });

const lift = (context: Context): Command =>
  new Command('lift')
    .description('let a blocked caller ask again before its time, and begin anew')
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
