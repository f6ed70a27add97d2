import { z } from 'zod';

/** Options that every service has, under one name for all: `KAKUNIN_LOG_LEVEL` and so on. */
export const commonOptions = {
  logLevel: z
    .enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'])
    .default('info')
    .describe('How much is logged; `debug` also shows what the framework says.')
    .meta({ env: 'KAKUNIN_LOG_LEVEL' }),
  managementHost: z
    .string()
    .default('127.0.0.1')
    .describe('Address of the management port; open it only to the network of Prometheus and the orchestrator.')
    .meta({ env: 'KAKUNIN_MANAGEMENT_HOST' }),
  drainSeconds: z.coerce
    .number()
    .min(0)
    .max(600)
    .default(10)
    .describe(
      'How long a process goes on answering after SIGTERM, with `/readyz` red, so that callers are led elsewhere; in its second half each answer ends its connection. Twice what the load balancer takes to notice; 0 ends at once, as SIGINT does, and as a process does that is not ready.',
    )
    .meta({ env: 'KAKUNIN_DRAIN_SECONDS' }),
  eventLog: z
    .enum(['postgres', 'kafka'])
    .default('postgres')
    .describe('Where topics live: `postgres` for one machine, `kafka` for several.')
    .meta({ env: 'KAKUNIN_EVENT_LOG' }),
  eventLogDatabaseUrl: z
    .url()
    .optional()
    .describe('Database of the event log when it is `postgres`; all services share it.')
    .meta({ env: 'KAKUNIN_EVENT_LOG_DATABASE_URL', secret: true }),
  kafkaBrokers: z
    .string()
    .optional()
    .describe('Bootstrap servers `host:port,host:port` when the event log is `kafka`; name at least two.')
    .meta({ env: 'KAKUNIN_KAFKA_BROKERS' }),
};
