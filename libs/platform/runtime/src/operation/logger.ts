import type { LoggerService } from '@nestjs/common';
import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** JSON lines on standard output, instants in ISO 8601. */
export const createLogger = (service: string, level: string): Logger =>
  pino({ level, timestamp: pino.stdTimeFunctions.isoTime, base: { service } });

/** What Nest itself says: its start-up chatter only at `debug`, warnings and errors as they are. */
export function nestLogger(logger: Logger): LoggerService {
  const text = (message: unknown, context: unknown): [object, string] => [{ context }, String(message)];
  return {
    log: (message, context) => logger.debug(...text(message, context)),
    verbose: (message, context) => logger.trace(...text(message, context)),
    debug: (message, context) => logger.debug(...text(message, context)),
    warn: (message, context) => logger.warn(...text(message, context)),
    error: (message, stack, context) => logger.error({ context, stack }, String(message)),
    fatal: (message, context) => logger.fatal(...text(message, context)),
  };
}
