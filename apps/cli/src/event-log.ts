import { setTimeout as sleep } from 'node:timers/promises';
import { type EventLog, type EventLogAdmin, EventLogError } from '@kakunin/event-log';
import { CliError } from './cli-error.ts';
import type { Context } from './context.ts';

/** How long the log may take to answer at all, milliseconds. */
const PATIENCE = 5_000;
const PAUSE = 200;

/**
 * Works on the event log that the services' environment names (KAKUNIN_EVENT_LOG and so on).
 * @throws CliError
 */
export async function withEventLog<T>(
  context: Context,
  work: (log: EventLog & EventLogAdmin) => Promise<T>,
): Promise<T> {
  const log = await open(context);
  try {
    return await persist(context, () => work(log));
  } catch (cause) {
    if (!(cause instanceof EventLogError)) throw cause;
    const code = cause.code === 'unavailable' ? 'unreachable' : 'failed';
    throw new CliError(code, `The event log: ${cause.message}`, { cause });
  } finally {
    await log.close();
  }
}

/** The adapters are large: only these commands load them. */
async function open(context: Context): Promise<EventLog & EventLogAdmin> {
  const { commonOptions, ConfigError, createLogger, defineConfig, readConfig } = await import('@kakunin/runtime');
  const { openEventLog } = await import('@kakunin/event-log-adapters');
  const { z } = await import('zod');
  const definition = defineConfig({
    service: 'the event log',
    prefix: 'KAKUNIN_',
    managementPort: 0,
    schema: z.object(commonOptions),
  });
  try {
    return await openEventLog(readConfig(definition, context.terminal.env), createLogger('kakunin', 'silent'));
  } catch (cause) {
    if (cause instanceof ConfigError) throw new CliError('usage', cause.message, { cause });
    throw cause;
  }
}

/** The log connects in the background; until then it is `unavailable`. */
async function persist<T>({ terminal: { clock } }: Context, work: () => Promise<T>): Promise<T> {
  const deadline = clock.now() + PATIENCE;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const again = error instanceof EventLogError && error.code === 'unavailable' && clock.now() < deadline;
      if (!again) throw error;
      await sleep(PAUSE);
    }
  }
}
