import type { EventLog } from '@kakunin/event-log';
import type { Logger } from 'pino';
import { ConfigError } from './config/config-error.ts';
import type { CommonConfig, ConfigDefinition, ConfigOf } from './config/define-config.ts';
import { redactConfig } from './config/describe-config.ts';
import { readConfig } from './config/read-config.ts';
import { createLogger } from './operation/logger.ts';
import type { Service } from './service.ts';
import { startService } from './start-service.ts';

/** What an app chooses for its services. */
export interface Adapters {
  /** @throws ConfigError when what the chosen log needs is not configured */
  openEventLog(config: CommonConfig, logger: Logger): Promise<EventLog>;
}

/** The whole of a service's `main`: reads the environment, starts, and closes on SIGTERM or SIGINT. */
export async function runService<D extends ConfigDefinition>(service: Service<D>, adapters: Adapters): Promise<void> {
  await exitOnStartError(async () => {
    const config = readOrShowConfig(service.config);
    if (!config) return;
    const common = config as unknown as CommonConfig;
    const logger = createLogger(service.name, common.logLevel);
    const eventLog = await adapters.openEventLog(common, logger);
    const starting = startService(service, { config, eventLog, logger });
    // Also while it starts: it is closed once it is up, so that nothing is left half open.
    closeOnSignal(logger, {
      drain: async () => (await starting).drain(common.drainSeconds * 1_000),
      close: async () => {
        await (await starting).close();
        await eventLog.close();
      },
    });
    await starting;
  });
}

/**
 * What a process is configured with; with `--check-config` it prints that, secrets hidden, and there is nothing to do.
 * @throws ConfigError
 */
export function readOrShowConfig<D extends ConfigDefinition>(definition: D): ConfigOf<D> | undefined {
  const config = readConfig(definition, process.env);
  if (!process.argv.includes('--check-config')) return config;
  process.stdout.write(`${JSON.stringify(redactConfig(definition, config), undefined, 2)}\n`);
  return undefined;
}

/**
 * Runs a start, and where it fails for a reason that we know (an error of ours has a code in snake_case and a message
 * that says what to do) prints that message and no stack. Exit status 2: the configuration; 1: anything else.
 */
export async function exitOnStartError(start: () => Promise<void>): Promise<void> {
  try {
    await start();
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    if (typeof code !== 'string' || !/^[a-z_]+$/.test(code)) throw error;
    process.stderr.write(`${String(message)}\n`);
    process.exitCode = error instanceof ConfigError ? 2 : 1;
  }
}

/** Closing that takes longer than this is cut off: what was acknowledged is durable already. */
const CLOSE_LIMIT_MS = 30_000;

interface Ending {
  /** Before closing, where callers can be led elsewhere. */
  drain?(): Promise<void>;
  close(): Promise<void>;
}

/** On SIGTERM drains and closes, on SIGINT closes, and exits with 0; on a second one of them exits at once. */
export function closeOnSignal(logger: Logger, { drain, close }: Ending): void {
  let ending = false;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (drain && signal === 'SIGTERM') {
      logger.info({ signal }, 'draining: not ready any more, and answering until callers have left');
      await drain();
    }
    logger.info({ signal }, 'closing');
    setTimeout(() => {
      logger.error('closing took too long; leaving');
      process.exit(1);
    }, CLOSE_LIMIT_MS).unref();
    await close();
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (ending) process.exit(130);
    ending = true;
    end(signal).then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'closing failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
