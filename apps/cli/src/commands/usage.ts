import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import { formatJst } from '@kakunin/calendar';
import { CARRIERS, CERTIFICATE_CLASSES, CHANNELS, OUTCOMES, PURPOSES } from '@kakunin/usage';
import { z } from 'zod';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { outputOption, parseJstDay } from '../options.ts';
import { type Column, groupDigits } from '../table.ts';

const countSchema = z.object({
  start: z.string(),
  customer: z.string(),
  serviceProvider: z.string(),
  authorityId: z.string(),
  certificateClass: z.string(),
  carrier: z.string(),
  channel: z.string(),
  purpose: z.string(),
  outcome: z.string(),
  quantity: z.string().regex(/^\d+$/),
});
type UsageQuantity = z.infer<typeof countSchema>;

const quarantinedSchema = z.object({
  customer: z.string(),
  refusedAt: z.number(),
  refused: z.object({ source: z.string(), id: z.string(), time: z.string() }),
});
type Quarantined = z.infer<typeof quarantinedSchema>;

export const usageCommand = (context: Context): Command =>
  new Command('usage')
    .description('what was counted, charged or not: 利用量')
    .addCommand(show(context))
    .addCommand(quarantine(context));

interface ShowOptions {
  readonly output: 'table' | 'json' | 'csv';
  readonly [parameter: string]: string | undefined;
}

const show = (context: Context): Command =>
  new Command('show')
    .description('recorded checks by hour, day or month, from the first day to before the last')
    .requiredOption('--from <day>', 'first day in Japan', dayInJapan)
    .requiredOption('--to <day>', 'the day after the last one in Japan', dayInJapan)
    .addOption(new Option('--by <what>', 'how finely').choices(['hour', 'day', 'month']).default('day'))
    .option('--customer <code>', 'platform provider; it sees itself only')
    .option('--service-provider <code>', 'empty: the platform provider for itself')
    .option('--authority-id <id>', 'authority')
    .addOption(new Option('--certificate-class <class>', 'class of certificate').choices(CERTIFICATE_CLASSES))
    .addOption(new Option('--carrier <carrier>', 'what holds the certificate').choices(CARRIERS))
    .addOption(new Option('--channel <channel>', 'how it was checked').choices(CHANNELS))
    .addOption(new Option('--purpose <purpose>', 'what for').choices(PURPOSES))
    .addOption(new Option('--outcome <outcome>', 'what was answered').choices(OUTCOMES))
    .addOption(outputOption('table', 'json', 'csv'))
    .action(async ({ output, ...parameters }: ShowOptions) => {
      const query = new URLSearchParams(Object.entries(parameters).filter(isGiven)).toString();
      if (output === 'csv') return download(context, `/usage?${query}&format=csv`);
      context.printRows(output, await allOf(context, `/usage?${query}`, countSchema), COUNT_COLUMNS);
    });

/** The service takes days as they are written. */
function dayInJapan(text: string): string {
  parseJstDay(text);
  return text;
}

const isGiven = (entry: [string, string | undefined]): entry is [string, string] => entry[1] !== undefined;

const quarantine = (context: Context): Command =>
  new Command('quarantine')
    .description('reported usage that was not counted, as another event has its id; exit code 1 when there is any')
    .addOption(outputOption('table', 'json'))
    .action(async ({ output }: { output: string }) => {
      const events = await allOf(context, '/usage-events/quarantine?', quarantinedSchema);
      context.printRows(output, events, QUARANTINE_COLUMNS);
      if (events.length > 0) context.exitCode = 1;
    });

/** Follows the pages to the end. */
async function allOf<T>(context: Context, path: string, item: z.ZodType<T>): Promise<T[]> {
  const page = z.object({ items: z.array(item), next: z.string().optional() });
  const items: T[] = [];
  let cursor = '';
  do {
    const { items: more, next } = await context.billing().get(`${path}&limit=1000${cursor}`, page);
    items.push(...more);
    cursor = next === undefined ? '' : `&cursor=${next}`;
  } while (cursor !== '');
  return items;
}

async function download(context: Context, path: string): Promise<void> {
  const body = await context.billing().download(path);
  try {
    await pipeline(body, context.terminal.stdout, { end: false });
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new CliError('unreachable', `The answer broke off (${reason}): what was printed is not complete.`, { cause });
  }
}

const COUNT_COLUMNS: readonly Column<UsageQuantity>[] = [
  { title: '期間 start', value: ({ start }) => start },
  { title: '顧客 customer', value: ({ customer }) => customer },
  { title: 'SP 事業者 service provider', value: ({ serviceProvider }) => serviceProvider },
  { title: '認証局 authority', value: ({ authorityId }) => authorityId },
  { title: '種別 class', value: ({ certificateClass }) => certificateClass },
  { title: '媒体 carrier', value: ({ carrier }) => carrier },
  { title: '方法 channel', value: ({ channel }) => channel },
  { title: '目的 purpose', value: ({ purpose }) => purpose },
  { title: '回答 outcome', value: ({ outcome }) => outcome },
  { title: '件数 quantity', value: ({ quantity }) => groupDigits(quantity), align: 'right' },
];

const QUARANTINE_COLUMNS: readonly Column<Quarantined>[] = [
  { title: '顧客 customer', value: ({ customer }) => customer },
  { title: '拒否日時 refused at', value: ({ refusedAt }) => formatJst(refusedAt) },
  { title: 'source', value: ({ refused }) => refused.source },
  { title: 'id', value: ({ refused }) => refused.id },
  { title: '利用日時 time', value: ({ refused }) => refused.time },
];
