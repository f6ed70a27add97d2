import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '@kakunin/calendar';
import type { EventLog } from '@kakunin/event-log';
import { connectEventLog, EventLogStrategy } from '@kakunin/event-transport';
import { StandardSchemaValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { Closing } from './closing.ts';
import { drainHost } from './drain-host.ts';
import type { CommonConfig, ConfigDefinition, ConfigOf } from './config/define-config.ts';
import { explain, hostOf, openListeners } from './http/listeners.ts';
import { Health } from './operation/health.ts';
import { registerHealthMetric } from './operation/health-metric.ts';
import { createLogger, nestLogger } from './operation/logger.ts';
import { startManagementServer } from './operation/management-server.ts';
import { ReadinessLog } from './operation/readiness-log.ts';
import { PROBLEMS } from './problems/problem.ts';
import { ProblemFilter, refuseUnroutable } from './problems/problem.filter.ts';
import { rootModule } from './root-module.ts';
import type { Service } from './service.ts';

export const systemClock: Clock = { now: () => Date.now() };

export interface StartInput<D extends ConfigDefinition> {
  readonly config: ConfigOf<D>;
  readonly eventLog: EventLog;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** A service that answers. */
export interface RunningService {
  readonly name: string;
  readonly app: NestFastifyApplication;
  /** Ports by listener name. */
  readonly ports: Readonly<Record<string, number>>;
  readonly managementPort: number;
  readonly health: Health;
  /**
   * Turns `/readyz` red and goes on answering for so many milliseconds: whoever follows readiness asks elsewhere, and in
   * the second half whoever keeps a connection is told to leave it.
   */
  drain(milliseconds: number): Promise<void>;
  /** Lets requests and events in hand finish, then ends everything that the service started. */
  close(): Promise<void>;
}

/** Events handed to a handler at once, at most. */
const MAX_BATCH_SIZE = 1_000;

/**
 * Starts one service in this process: management port first (so that `/readyz` can tell why it is not ready yet),
 * then its listeners, then its subscriptions.
 * @throws ConfigError when a port is taken or a TLS file cannot be read; nothing is left running then
 */
export async function startService<D extends ConfigDefinition>(
  service: Service<D>,
  input: StartInput<D>,
): Promise<RunningService> {
  const common = input.config as unknown as CommonConfig;
  const logger = input.logger ?? createLogger(service.name, common.logLevel);
  const health = new Health();
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  registerHealthMetric(health, metrics);
  let started = false;
  health.register('start', () => ({ ok: started, detail: started ? 'done' : 'not done yet' }));
  const closing = new Closing();
  try {
    const management = await openManagement(service, common, { health, metrics });
    closing.add(() => new Promise((resolve) => management.close(resolve).closeAllConnections()));
    const clock = input.clock ?? systemClock;
    const app = await createApp(service, { ...input, logger, clock, health, metrics });
    closing.add(() => app.close());
    const strategy = connectEvents(app, service.name, { ...input, logger, metrics });
    health.register('event-log', () => strategy.health());
    await app.init();
    const fastify = app.getHttpAdapter().getInstance();
    await fastify.ready();
    const host = service.host?.(app) ?? hostOf((request, response) => fastify.routing(request, response));
    closing.add(() => host.close());
    const ports = await openListeners(service, service.listeners(input.config), host);
    await app.startAllMicroservices();
    started = true;
    const managementPort = (management.address() as AddressInfo).port;
    logger.info({ ports, managementPort }, 'listening');
    closing.add(new ReadinessLog(health, logger).start());
    const drain = (milliseconds: number): Promise<void> => drainHost({ host, health, milliseconds });
    return { name: service.name, app, ports, managementPort, health, drain, close: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

interface Operation {
  readonly health: Health;
  readonly metrics: Registry;
}

async function openManagement<D extends ConfigDefinition>(
  service: Service<D>,
  { managementHost: host, managementPort: port }: CommonConfig,
  operation: Operation,
): Promise<Server> {
  try {
    return await startManagementServer({ host, port, ...operation });
  } catch (error) {
    throw explain(service, { name: 'management', host, port }, error as NodeJS.ErrnoException);
  }
}

type AppInput<D extends ConfigDefinition> = StartInput<D> &
  Operation & { readonly logger: Logger; readonly clock: Clock };

async function createApp<D extends ConfigDefinition>(
  service: Service<D>,
  input: AppInput<D>,
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    rootModule(service.module(input.config), input),
    // GET requests of OCSP carry their base64 in the path.
    new FastifyAdapter({ routerOptions: { maxParamLength: 8_192 }, frameworkErrors: refuseUnroutable }),
    { logger: nestLogger(input.logger), abortOnError: false },
  );
  app.useGlobalFilters(new ProblemFilter(app.get(PROBLEMS, { strict: false }), input.logger));
  app.useGlobalPipes(new StandardSchemaValidationPipe());
  return app;
}

function connectEvents<D extends ConfigDefinition>(
  app: NestFastifyApplication,
  consumer: string,
  { eventLog, logger, metrics }: StartInput<D> & { readonly metrics: Registry; readonly logger: Logger },
): EventLogStrategy {
  const strategy = new EventLogStrategy({
    eventLog,
    registry: metrics,
    logger,
    consumer,
    maxBatchSize: MAX_BATCH_SIZE,
    resolve: (token) => app.get(token as never, { strict: false }),
  });
  connectEventLog(app, strategy);
  return strategy;
}
