import { Command } from 'commander';
import { formatJst } from '@kakunin/calendar';
import type { Context } from '../context.ts';
import { feedSchema } from '../news-api.ts';
import { outputOption } from '../options.ts';

interface ReadOptions {
  serviceProvider: string;
  cursor: string;
  limit: string;
  output: string;
}

/** Called as the platform provider of the profile, for a service provider that stands behind it. */
export const linkageEventsCommand = (context: Context): Command =>
  new Command('linkage-events').description('what service providers are told').addCommand(
    new Command('list')
      .description('a page of the feed of a service provider, the oldest first')
      .requiredOption('--service-provider <code>', 'whose')
      .option('--cursor <cursor>', 'what the page before said', '0')
      .option('--limit <number>', 'most events', '100')
      .addOption(outputOption('table', 'json'))
      .action(async ({ output, ...query }: ReadOptions) => {
        const path = `/linkage-events?${new URLSearchParams({ ...query }).toString()}`;
        const page = await context.registryForPlatformProvider().get(path, feedSchema);
        if (output === 'json') return context.printJson(page);
        context.printRows(output, page.items, [
          { title: 'sequence', value: ({ sequence }) => String(sequence), align: 'right' },
          { title: 'at', value: ({ event }) => formatJst(event.at) },
          { title: 'type', value: ({ event }) => event.type },
          { title: 'who', value: ({ event }) => String(event['ppid'] ?? event['reference'] ?? '') },
        ]);
        context.note(`To go on: --cursor ${page.next}`);
      }),
  );
