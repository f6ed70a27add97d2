import { setTimeout as sleep } from 'node:timers/promises';
import { EventLogError, TOPICS } from '@kakunin/event-log';
import { type EventLogChoice, openEventLog } from '@kakunin/event-log-adapters';
import type { Logger } from '@kakunin/runtime';

const ATTEMPTS = 100;
const PAUSE_MS = 100;

/**
 * In one process the start itself is the deliberate act that creates topics. A log that is still connecting is given time.
 * @throws EventLogError
 */
export async function createTopics(choice: EventLogChoice, logger: Logger): Promise<void> {
  const eventLog = await openEventLog(choice, logger);
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await eventLog.createTopics(TOPICS);
        return;
      } catch (error) {
        const connecting = error instanceof EventLogError && error.code === 'unavailable';
        if (!connecting || attempt === ATTEMPTS) throw error;
      }
      await sleep(PAUSE_MS);
    }
  } finally {
    await eventLog.close();
  }
}
