import { Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { formatJst } from '@kakunin/calendar';
import type { Context } from '../context.ts';
import { dryRunOption, outputOption } from '../options.ts';
import { acknowledgedSchema, deadLettersSchema } from '../registry-api.ts';
import { CERTIFICATE_EVENTS } from '@kakunin/event-log';

export const deadLettersCommand = (context: Context): Command =>
  new Command('dead-letters')
    .description('events that a consumer gave up on')
    .addCommand(list(context))
    .addCommand(resolve(context))
    .addCommand(redeliver(context));

const list = (context: Context): Command =>
  new Command('list')
    .description('list the events that a consumer gave up on, and why')
    .option('--topic <topic>', 'where they were', CERTIFICATE_EVENTS)
    .addOption(outputOption('table', 'json'))
    .action(async ({ topic, output }: { topic: string; output: string }) => {
      const path = `/dead-letters?topic=${encodeURIComponent(topic)}`;
      const letters = await context.registry().get(path, deadLettersSchema);
      context.printRows(output, letters, [
        { title: 'partition', value: ({ partition }) => String(partition), align: 'right' },
        { title: 'offset', value: ({ offset }) => offset, align: 'right' },
        { title: 'key', value: ({ key }) => key },
        { title: 'consumer', value: ({ consumer }) => consumer },
        { title: 'time', value: ({ time }) => formatJst(time) },
        { title: 'reason', value: ({ reason }) => reason },
      ]);
    });

interface ResolveOptions {
  authority: string;
  partition: number;
  offset: string;
  note: string;
  dryRun?: boolean;
}

const resolve = (context: Context): Command =>
  new Command('resolve')
    .description('say that an event of certificate-events was dealt with: its authority answers again')
    .requiredOption('--authority <id>', 'the authority that is blocked')
    .requiredOption('--partition <number>', 'partition of the event', parsePartition)
    .requiredOption('--offset <number>', 'offset of the event', parseOffset)
    .requiredOption('--note <text>', 'who resolved it and how; it is kept')
    .addOption(dryRunOption())
    .action(async ({ authority: authorityId, partition, offset, note, dryRun }: ResolveOptions) => {
      const resolution = { authorityId, partition, offset, note };
      if (dryRun) return context.printUnsent(resolution);
      await context.registry().post('/dead-letters/resolutions', resolution, acknowledgedSchema);
      context.note(`Recorded. ${authorityId} answers again within seconds, if this event was what blocked it.`);
    });

const redeliveredSchema = z.object({ refused: z.int(), uncounted: z.int() });

const redeliver = (context: Context): Command =>
  new Command('redeliver')
    .description('hand refused segments of usage to the billing meter again, after what refused them was put right')
    .addOption(dryRunOption())
    .action(async ({ dryRun = false }: { dryRun?: boolean }) => {
      const path = '/refused-usage-segments/redeliver';
      const { refused, uncounted } = await context.billing().post(path, { dryRun }, redeliveredSchema);
      context.note(
        dryRun
          ? `集計できなかった ${refused} 件のうち未集計は ${uncounted} 件です。 / ${uncounted} of ${refused} refused segments are not counted.`
          : `${uncounted} 件を再送しました。 / ${uncounted} of ${refused} refused segments were handed over again: "kakunin producers list" says what is missing.`,
      );
    });

const parsePartition = (text: string): number => Number(parseOffset(text));

function parseOffset(text: string): string {
  if (/^\d{1,19}$/.test(text)) return text;
  throw new InvalidArgumentError('A whole number.');
}
