import { TOPICS } from '@kakunin/event-log';
import { type EventLogChoice, openEventLog } from '@kakunin/event-log-adapters';
import type { Logger } from '@kakunin/runtime';

/** In one process the start itself is the deliberate act that creates topics. @throws EventLogError */
export async function createTopics(choice: EventLogChoice, logger: Logger): Promise<void> {
  const eventLog = await openEventLog(choice, logger);
  try {
    await eventLog.createTopics(TOPICS);
  } finally {
    await eventLog.close();
  }
}
