import { Command, InvalidArgumentError } from 'commander';
import { formatJst } from '@kakunin/calendar';
import { producersSchema } from '../closing-api.ts';
import type { Context } from '../context.ts';
import { dryRunOption, outputOption } from '../options.ts';
import { groupDigits } from '../table.ts';

export const producersCommand = (context: Context): Command =>
  new Command('producers')
    .description('the journals that record usage: a month waits for each of them')
    .addCommand(list(context))
    .addCommand(retire(context));

const list = (context: Context): Command =>
  new Command('list')
    .description('how far each was counted')
    .addOption(outputOption('table', 'json'))
    .action(async ({ output }: { output: string }) => {
      const { items } = await context.billing().get('/usage-producers', producersSchema);
      const instant = (at: number | undefined): string => (at === undefined ? '' : formatJst(at));
      context.printRows(output, items, [
        { title: '記録元 producer', value: ({ producer }) => producer },
        { title: '種類 kind', value: ({ kind }) => kind },
        { title: '件数 segments', value: ({ segments }) => groupDigits(segments), align: 'right' },
        { title: '欠落 missing', value: ({ missingSegments }) => groupDigits(missingSegments), align: 'right' },
        { title: 'ここまで完全 complete until', value: ({ completeUntil }) => instant(completeUntil) },
        { title: '最終集計 last counted', value: ({ lastCountedAt }) => instant(lastCountedAt) },
        { title: '廃止 retired', value: ({ retiredAt }) => instant(retiredAt) },
      ]);
    });

interface RetireOptions {
  readonly reason: string;
  readonly giveUp?: string;
  readonly dryRun?: boolean;
}

const retire = (context: Context): Command =>
  new Command('retire')
    .description('take a journal out of service for good: no month waits for it any more')
    .argument('<producer>', '32 hexadecimal digits, as "producers list" shows them', parseProducer)
    .requiredOption('--reason <text>', 'kept in the audit')
    .option('--give-up <segments>', 'how many missing segments are lost: exactly those that are missing', parseSegments)
    .addOption(dryRunOption())
    .action(async (producer: string, { reason, giveUp, dryRun }: RetireOptions) => {
      const body = { reason, ...(giveUp !== undefined && { giveUpSegments: giveUp }) };
      if (dryRun) return context.printUnsent({ producer, ...body });
      await context.billing().post(`/usage-producers/${producer}/retire`, body, producersSchema);
      context.note('廃止しました。締めはもう待ちません。 / It is out of service: no month waits for it.');
    });

function parseProducer(text: string): string {
  if (/^[0-9a-f]{32}$/.test(text)) return text;
  throw new InvalidArgumentError('32 lower-case hexadecimal digits.');
}

function parseSegments(text: string): string {
  if (/^[1-9]\d{0,17}$/.test(text)) return text;
  throw new InvalidArgumentError('A whole number above 0.');
}
