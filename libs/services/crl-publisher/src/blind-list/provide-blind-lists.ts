import { mkdirSync } from 'node:fs';
import type { Clock } from '@kakunin/calendar';
import { OBJECT_STORE } from '@kakunin/object-store';
import type { ObjectStore } from '@kakunin/objects';
import { Database } from '@kakunin/postgres';
import { CLOCK, HEALTH, type Health, LOGGER, type Logger, METRICS } from '@kakunin/runtime';
import { DocumentSigner } from '@kakunin/signing-keys';
import { StatusFeed } from '@kakunin/status-feed';
import type { Provider } from '@nestjs/common';
import type { Registry } from 'prom-client';
import type { CrlPublisherConfig } from '../config.ts';
import { PublishedManifest } from '../manifest/published-manifest.ts';
import { BlindListIssuer, type BlindListTiming } from './blind-list-issuer.ts';
import { BlindListLoop } from './blind-list-loop.ts';
import { BlindListMetrics } from './blind-list-metrics.ts';
import { buildInThread } from './blind-list-thread.ts';
import { PublishedBlindLists } from './published-blind-lists.ts';

type Dependencies = [ObjectStore, PublishedManifest, DocumentSigner, StatusFeed, Database, ...Operation];
type Operation = [Registry, Health, Clock, Logger];

const timingOf = (config: CrlPublisherConfig): BlindListTiming => ({
  period: config.blindListPeriodSeconds * 1_000,
  validity: config.blindListValiditySeconds * 1_000,
  allowance: config.blindListAllowanceSeconds * 1_000,
  deltas: config.blindListDeltas,
});

/** Blind revocation lists of the authorities that the configuration names. */
export const provideBlindLists = (config: CrlPublisherConfig): Provider => ({
  provide: BlindListLoop,
  inject: [OBJECT_STORE, PublishedManifest, DocumentSigner, StatusFeed, Database, METRICS, HEALTH, CLOCK, LOGGER],
  useFactory: (...[store, manifest, signer, feed, database, registry, health, clock, logger]: Dependencies) => {
    const stopping = new AbortController();
    const timing = timingOf(config);
    const spillDirectory = config.snapshotDirectory;
    mkdirSync(spillDirectory, { recursive: true });
    const published = new PublishedBlindLists({ store, manifest, signer });
    const newest = async () => (await manifest.read()).blindLists ?? [];
    return new BlindListLoop({
      authorities: config.blindListAuthorities,
      period: timing.period,
      feed,
      issuer: new BlindListIssuer({
        published,
        timing,
        spillDirectory,
        build: (work) => buildInThread(work, stopping.signal),
      }),
      database,
      metrics: new BlindListMetrics({ registry, clock, newest }),
      health,
      clock,
      logger,
      stopping,
    });
  },
});
