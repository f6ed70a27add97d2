import { Command } from 'commander';
import { type EventLog, EventLogError, type TopicDeclaration, TOPICS } from '@kakunin/event-log';
import { EXIT } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { withEventLog } from '../event-log.ts';
import { dryRunOption, outputOption } from '../options.ts';
import { groupDigits } from '../table.ts';

export const topicsCommand = (context: Context): Command =>
  new Command('topics')
    .description("topics of the event log, found through the services' environment (KAKUNIN_EVENT_LOG and so on)")
    .addCommand(create(context))
    .addCommand(list(context));

const create = (context: Context): Command =>
  new Command('create')
    .description('create the topics that are missing; one that differs from its declaration is an error')
    .addOption(dryRunOption())
    .action(async ({ dryRun }: { dryRun?: boolean }) => {
      const created = await withEventLog(context, async (log) => {
        if (!dryRun) return log.createTopics(TOPICS);
        const states = await Promise.all(TOPICS.map((topic) => stateOf(log, topic)));
        return states.filter(({ events }) => events === undefined).map(({ topic }) => topic);
      });
      for (const name of created) context.print(`${name}\n`);
      context.note(`${created.length} of ${TOPICS.length} topics ${dryRun ? 'would be' : 'were'} created.`);
    });

const list = (context: Context): Command =>
  new Command('list')
    .description('list the declared topics and what lies in them; exit code 1 when one is missing')
    .addOption(outputOption('table', 'json'))
    .action(async ({ output }: { output: string }) => {
      const states = await withEventLog(context, (log) => Promise.all(TOPICS.map((topic) => stateOf(log, topic))));
      context.printRows(output, states, [
        { title: 'topic', value: ({ topic }) => topic },
        { title: 'partitions', value: ({ partitions }) => String(partitions), align: 'right' },
        {
          title: 'appended',
          value: ({ events }) => (events === undefined ? 'missing' : groupDigits(events)),
          align: 'right',
        },
        { title: 'kept', value: ({ retention }) => keptText(retention) },
        { title: 'key', value: ({ key }) => key },
      ]);
      if (states.some(({ events }) => events === undefined)) context.exitCode = EXIT.failed;
    });

/** `events`: how many were ever appended (decimal); undefined when there is no such topic. */
type TopicState = Pick<TopicDeclaration, 'partitions' | 'retention' | 'key'> & {
  readonly topic: string;
  readonly events: string | undefined;
};

async function stateOf(
  log: EventLog,
  { name: topic, partitions, retention, key }: TopicDeclaration,
): Promise<TopicState> {
  try {
    const positions = await log.endPositions(topic);
    const events = positions.reduce((sum, { nextOffset }) => sum + nextOffset, 0n).toString();
    return { topic, partitions, retention, key, events };
  } catch (error) {
    if (!(error instanceof EventLogError) || error.code !== 'unknown_topic') throw error;
    return { topic, partitions, retention, key, events: undefined };
  }
}

const HOUR = 3_600_000;

function keptText(retention: TopicDeclaration['retention']): string {
  if (retention === 'forever') return retention;
  return retention >= 48 * HOUR ? `${retention / (24 * HOUR)} days` : `${retention / HOUR} h`;
}
