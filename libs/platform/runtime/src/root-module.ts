import type { Clock } from '@kakunin/calendar';
import type { EventLog } from '@kakunin/event-log';
import type { DynamicModule, Type } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Health } from './operation/health.ts';
import { PLATFORM_PROBLEMS, PROBLEMS } from './problems/problem.ts';
import { CLOCK, CONFIG, EVENT_LOG, HEALTH, LOGGER, METRICS } from './tokens.ts';

class RootModule {}
class RuntimeModule {}

export interface RuntimeValues {
  readonly config: unknown;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly health: Health;
  readonly eventLog: EventLog;
}

/** The service's module under a root that gives it what the runtime has. */
export function rootModule(service: DynamicModule | Type, values: RuntimeValues): DynamicModule {
  const providers = [
    { provide: CONFIG, useValue: values.config },
    { provide: CLOCK, useValue: values.clock },
    { provide: LOGGER, useValue: values.logger },
    { provide: METRICS, useValue: values.metrics },
    { provide: HEALTH, useValue: values.health },
    { provide: EVENT_LOG, useValue: values.eventLog },
    { provide: PROBLEMS, useValue: new Map(Object.entries(PLATFORM_PROBLEMS)) },
  ];
  const runtime = {
    module: RuntimeModule,
    global: true,
    providers,
    exports: providers.map(({ provide }) => provide),
  };
  return { module: RootModule, imports: [runtime, service] };
}
