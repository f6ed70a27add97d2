import type { Clock } from '@kakunin/calendar';
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { StatusFeed } from './status-feed.ts';

/** Metrics are read off the feed when they are scraped, so that applying events pays nothing for them. */
export function registerStatusMetrics(feed: StatusFeed, clock: Clock, registry: Registry): void {
  for (const metric of [dataAge(feed, clock), entries(feed), blocked(feed), eventsApplied(feed)]) {
    registry.registerMetric<string>(metric);
  }
}

const dataAge = (feed: StatusFeed, clock: Clock): Gauge =>
  new Gauge({
    name: 'kakunin_status_data_age_seconds',
    help: 'Age of the status data of an authority; nothing while no watermark was reached.',
    labelNames: ['authority'],
    registers: [],
    collect() {
      this.reset();
      for (const { authority, asOf } of feed.authorities()) {
        if (asOf > 0) this.set({ authority: authority.authorityId }, (clock.now() - asOf) / 1000);
      }
    },
  });

const entries = (feed: StatusFeed): Gauge =>
  new Gauge({
    name: 'kakunin_status_entries',
    help: 'Certificates in the status index of an authority: all that were issued, and those that are revoked.',
    labelNames: ['authority', 'state'],
    registers: [],
    collect() {
      for (const { authority, index } of feed.authorities()) {
        this.set({ authority: authority.authorityId, state: 'issued' }, index.issuedCount);
        this.set({ authority: authority.authorityId, state: 'revoked' }, index.revokedCount);
      }
    },
  });

const blocked = (feed: StatusFeed): Gauge =>
  new Gauge({
    name: 'kakunin_status_authority_blocked',
    help: '1 while an authority answers tryLater because an event of it was refused or a key is missing: docs/runbooks/authority-blocked.md.',
    labelNames: ['authority'],
    registers: [],
    collect() {
      this.reset();
      for (const { authority, blocked: is } of feed.authorities()) {
        this.set({ authority: authority.authorityId }, Number(is));
      }
      for (const { authorityId } of feed.blockedEvents()) this.set({ authority: authorityId }, 1);
    },
  });

const eventsApplied = (feed: StatusFeed): Counter =>
  new Counter({
    name: 'kakunin_status_events_applied_total',
    help: 'Events of certificate-events that were applied.',
    registers: [],
    collect() {
      this.reset();
      this.inc(feed.appliedCount);
    },
  });
