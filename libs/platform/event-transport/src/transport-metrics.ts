import { Counter, Gauge, type Registry } from 'prom-client';

/** The metrics of one strategy. `group` is the consumer group, or `replay` for handlers that remember their positions themselves. */
export interface TransportMetrics {
  readonly events: Counter<'topic' | 'group'>;
  readonly batches: Counter<'topic' | 'group'>;
  readonly retries: Counter<'topic' | 'group'>;
  readonly deadLetters: Counter<'topic'>;
  readonly lag: Gauge<'topic' | 'group'>;
}

export function transportMetrics(registry: Registry): TransportMetrics {
  const registers = [registry];
  const perGroup = ['topic', 'group'] as const;
  return {
    events: new Counter({
      name: 'kakunin_event_log_events_consumed_total',
      help: 'Events handled, or given to the dead-letter policy.',
      labelNames: perGroup,
      registers,
    }),
    batches: new Counter({
      name: 'kakunin_event_log_batches_consumed_total',
      help: 'Batches handled.',
      labelNames: perGroup,
      registers,
    }),
    retries: new Counter({
      name: 'kakunin_event_log_retries_total',
      help: 'Failed tries of a handler or of its dead-letter policy that are tried again.',
      labelNames: perGroup,
      registers,
    }),
    deadLetters: new Counter({
      name: 'kakunin_event_log_dead_letters_total',
      help: 'Events that no handler could handle. See docs/runbooks/dead-letters.md.',
      labelNames: ['topic'],
      registers,
    }),
    lag: new Gauge({
      name: 'kakunin_event_log_lag_events',
      help: 'Events in the log that are not handled yet, sampled.',
      labelNames: perGroup,
      registers,
    }),
  };
}
