import type { Clock } from '@kakunin/calendar';
import { CLOCK, HEALTH, type Health, LOGGER, type Logger, METRICS } from '@kakunin/runtime';
import { SigningCredentials } from '@kakunin/signing-keys';
import { StatusFeed } from '@kakunin/status-feed';
import type { Provider } from '@nestjs/common';
import type { Registry } from 'prom-client';
import { type CrlPublisherConfig, timingOf } from '../config.ts';
import { PublicationProfiles } from '../profiles/publication-profiles.ts';
import { PublicationLoop } from '../publication-loop.ts';
import { PublicationMetrics } from '../publication-metrics.ts';
import { PublicationSchedule } from '../publication-schedule.ts';
import { PublicationTroubles } from '../publication-troubles.ts';
import { PublishedCrls } from '../published-crls.ts';
import { CrlAnnouncements } from './crl-announcements.store.ts';
import { CrlIssuer } from './crl-issuer.ts';
import { CrlNumbers } from './crl-numbers.store.ts';

/** How soon a replaced signing key is taken up. Milliseconds. */
const SIGNERS_INTERVAL = 1_000;
const DAY = 86_400_000;

/** What makes CRLs and puts them before the public. */
export const provideIssuing = (config: CrlPublisherConfig): Provider[] => [
  CrlNumbers,
  // At once: what is wrong is said before anything starts.
  { provide: PublicationProfiles, useValue: readProfiles(config) },
  { provide: CrlAnnouncements, inject: [CLOCK], useFactory: (clock: Clock) => new CrlAnnouncements(clock) },
  {
    provide: SigningCredentials,
    inject: [CLOCK],
    useFactory: (clock: Clock) =>
      SigningCredentials.open({ directory: config.signersDirectory, interval: SIGNERS_INTERVAL, clock }),
  },
  {
    provide: CrlIssuer,
    inject: [CLOCK, CrlNumbers, PublishedCrls, CrlAnnouncements, PublicationProfiles, SigningCredentials],
    useFactory: issuerOf,
  },
  {
    provide: PublicationLoop,
    inject: [StatusFeed, CrlIssuer, PublishedCrls, PublicationProfiles, HEALTH, METRICS, CLOCK, LOGGER],
    useFactory: loopOf,
  },
];

/** @throws ConfigError */
const readProfiles = (config: CrlPublisherConfig): PublicationProfiles =>
  PublicationProfiles.read({
    timing: timingOf(config),
    file: config.profilesFile,
    filesKept: config.filesKeptDays * DAY,
    now: Date.now(),
  });

type IssuerParts = [Clock, CrlNumbers, PublishedCrls, CrlAnnouncements, PublicationProfiles, SigningCredentials];

const issuerOf = (...[clock, numbers, published, announcements, profiles, signers]: IssuerParts): CrlIssuer =>
  new CrlIssuer({
    clock,
    numbers,
    published,
    announcements,
    profileOf: (authorityId) => profiles.of(authorityId),
    signerOf: async (authorityId) => {
      // A new authority's key may have come after the last look at the files.
      if (!signers.get(authorityId)) await signers.refresh();
      return signers.get(authorityId);
    },
  });

type LoopParts = [StatusFeed, CrlIssuer, PublishedCrls, PublicationProfiles, Health, Registry, Clock, Logger];

function loopOf(...[feed, issuer, published, profiles, health, registry, clock, logger]: LoopParts): PublicationLoop {
  const metrics = new PublicationMetrics({
    registry,
    clock,
    newest: () => published.list(),
    overlapOf: (authorityId) => profiles.of(authorityId).timing.overlap,
  });
  return new PublicationLoop({
    feed,
    issuer,
    published,
    health,
    clock,
    logger,
    metrics,
    troubles: new PublicationTroubles({ metrics, logger }),
    schedule: new PublicationSchedule((authorityId) => profiles.of(authorityId).timing.debounce),
  });
}
