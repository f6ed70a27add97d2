import { OBJECT_STORE } from '@kakunin/object-store';
import type { ObjectStore } from '@kakunin/objects';
import { Database } from '@kakunin/postgres';
import { LOGGER, type Logger, METRICS } from '@kakunin/runtime';
import type { Provider } from '@nestjs/common';
import type { Registry } from 'prom-client';
import type { CrlPublisherConfig } from '../config.ts';
import { PublishedCrls } from '../published-crls.ts';
import { PatchMaker } from './patch-maker.ts';
import { PatchMetrics } from './patch-metrics.ts';
import { makePatches } from './patch-thread.ts';

const HOUR = 3_600_000;

type Dependencies = [ObjectStore, PublishedCrls, Database, Registry, Logger];

/** Patches between versions of CRLs. */
export const providePatches = (config: CrlPublisherConfig): Provider => ({
  provide: PatchMaker,
  inject: [OBJECT_STORE, PublishedCrls, Database, METRICS, LOGGER],
  useFactory: (...[store, published, database, registry, logger]: Dependencies) =>
    new PatchMaker({
      store,
      storeUrl: config.storeUrl,
      published,
      database,
      patches: {
        recent: config.patchPredecessors,
        age: config.patchHours * HOUR,
        maximumBytes: config.patchMaximumBytes,
      },
      makePatches,
      metrics: new PatchMetrics(registry),
      logger,
    }),
});
