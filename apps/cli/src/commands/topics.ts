import { Command } from 'commander';
import { TOPICS } from '@kakunin/event-log';
import type { Context } from '../context.ts';
import { outputOption } from '../options.ts';

export const topicsCommand = (context: Context): Command =>
  new Command('topics').description('topics of the event log').addCommand(list(context));

const HOUR = 3_600_000;

const keptText = (retention: number | 'forever'): string => {
  if (retention === 'forever') return retention;
  return retention >= 48 * HOUR ? `${retention / (24 * HOUR)} days` : `${retention / HOUR} h`;
};

const list = (context: Context): Command =>
  new Command('list')
    .description('list the topics that Kakunin declares')
    .addOption(outputOption('table', 'json'))
    .action(({ output }: { output: string }) =>
      context.printRows(output, TOPICS, [
        { title: 'topic', value: ({ name }) => name },
        { title: 'partitions', value: ({ partitions }) => String(partitions), align: 'right' },
        { title: 'kept', value: ({ retention }) => keptText(retention) },
        { title: 'key', value: ({ key }) => key },
        { title: 'schema', value: ({ schema }) => schema },
      ]),
    );
