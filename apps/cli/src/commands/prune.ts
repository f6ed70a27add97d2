import { Command } from 'commander';
import type { BillingPeriod } from '@kakunin/calendar';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { dryRunOption, parsePeriod } from '../options.ts';
import { groupDigits } from '../table.ts';

const removalSchema = z.object({ objects: z.number(), segments: z.number(), minutes: z.number(), more: z.boolean() });

interface PruneOptions {
  readonly before: BillingPeriod;
  readonly reason: string;
  readonly dryRun?: boolean;
}

export const pruneCommand = (context: Context): Command =>
  new Command('prune')
    .description('保存期間を過ぎた原本の削除: remove raw usage records that nobody has to keep any more, for good')
    .requiredOption('--before <month>', 'the first month that is kept, such as 2014-04', parsePeriod)
    .requiredOption('--reason <text>', 'kept in the audit')
    .addOption(dryRunOption())
    .action(async ({ before, reason, dryRun = false }: PruneOptions) => {
      const sum = { objects: 0, segments: 0, minutes: 0 };
      for (let more = true; more;) {
        const part = await context.billing().post('/usage-removals', { before, reason, dryRun }, removalSchema);
        for (const name of ['objects', 'segments', 'minutes'] as const) sum[name] += part[name];
        more = part.more && !dryRun;
        if (part.more)
          context.note(`${groupDigits(sum.objects)} objects and ${groupDigits(sum.minutes)} rows, and more to come`);
      }
      const what = `原本 ${groupDigits(sum.objects)} objects (${groupDigits(sum.segments)} segments), 分単位の集計 ${groupDigits(sum.minutes)} rows`;
      context.print(`${dryRun ? '削除対象 to be removed' : '削除済み removed'}: ${what}\n`);
    });
