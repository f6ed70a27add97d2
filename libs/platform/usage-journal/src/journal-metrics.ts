import type { Clock } from '@kakunin/calendar';
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { JournalDirectories } from './journal-directories.ts';

/** Metrics are read off the journal when they are scraped, so that recording pays nothing for them. */
export function registerJournalMetrics(journals: JournalDirectories, clock: Clock, registry: Registry): void {
  const waitsFor = (since: number | undefined): number => (since === undefined ? 0 : (clock.now() - since) / 1000);
  const metrics = [
    counter(
      'kakunin_usage_journal_records_total',
      'Usage records that were synced.',
      () => journals.reports.total.records,
    ),
    counter(
      'kakunin_usage_journal_syncs_total',
      'fdatasync calls that records shared.',
      () => journals.reports.total.syncs,
    ),
    counter(
      'kakunin_usage_journal_refusals_total',
      'Calls that the journal refused: docs/runbooks/journal-unavailable.md.',
      () => journals.reports.total.refusals,
    ),
    counter(
      'kakunin_usage_journal_repetitions_total',
      'Requests answered again that were recorded already.',
      () => journals.reports.total.repetitions,
    ),
    gauge('kakunin_usage_journal_available', '1 while records are taken.', () =>
      Number(journals.reports.refusing === undefined),
    ),
    gauge('kakunin_usage_journal_unsent_segments', 'Sealed segments that the event log has not acknowledged.', () => {
      return journals.backlog.segments;
    }),
    gauge('kakunin_usage_journal_unsent_age_seconds', 'Age of the oldest segment that is not acknowledged.', () => {
      return waitsFor(journals.backlog.since);
    }),
  ];
  for (const metric of metrics) registry.registerMetric(metric);
}

const gauge = (name: string, help: string, value: () => number): Gauge =>
  new Gauge({
    name,
    help,
    registers: [],
    collect() {
      this.set(value());
    },
  });

const counter = (name: string, help: string, value: () => number): Counter =>
  new Counter({
    name,
    help,
    registers: [],
    collect() {
      this.reset();
      this.inc(value());
    },
  });
