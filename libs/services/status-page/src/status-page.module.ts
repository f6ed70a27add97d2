import type { Clock } from '@kakunin/calendar';
import { OBJECT_STORE } from '@kakunin/object-store';
import type { ObjectStore } from '@kakunin/objects';
import { CLOCK, LOGGER, type Logger } from '@kakunin/runtime';
import type { DynamicModule } from '@nestjs/common';
import type { StatusPageConfig } from './config.ts';
import { Sources } from './sources.ts';
import { StatusPage } from './status-page.ts';
import { StatusPageController } from './status-page.controller.ts';

/** The page beside a service that has an object store. */
export class StatusPageModule {
  static register(config: StatusPageConfig): DynamicModule {
    return {
      module: StatusPageModule,
      controllers: [StatusPageController],
      providers: [
        {
          provide: StatusPage,
          inject: [OBJECT_STORE, CLOCK, LOGGER],
          useFactory: (store: ObjectStore, clock: Clock, logger: Logger) =>
            new StatusPage(new Sources({ config, store, clock, logger }), clock),
        },
      ],
    };
  }
}
