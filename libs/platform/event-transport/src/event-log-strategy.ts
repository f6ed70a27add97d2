import type { EventBatch, EventLog } from '@kakunin/event-log';
import { BaseRpcContext, type MessageHandler, Server } from '@nestjs/microservices';
import type { Registry } from 'prom-client';
import { isObservable, lastValueFrom } from 'rxjs';
import { DEFAULT_RETRY, type RetryPolicy, sleep, type Sleep } from './backoff.ts';
import { handlerOptionsOf } from './handler-options.ts';
import {
  HandlerSubscription,
  type SubscriptionStatus,
  type TopicHandler,
  type TransportContext,
} from './handler-subscription.ts';
import { transportMetrics } from './transport-metrics.ts';

export interface EventLogStrategyOptions {
  readonly eventLog: EventLog;
  readonly registry: Registry;
  /** The service's name: dead letters of its replays say who gave them up. Those of a group name the group. */
  readonly consumer?: string;
  readonly logger: TransportContext['logger'];
  /** Finds the providers that `replayFrom` and `onDeadLetter` name; `(token) => app.get(token, { strict: false })`. */
  readonly resolve: TransportContext['resolve'];
  readonly retry?: Partial<RetryPolicy>;
  /** Most events handed over at once where the handler doesn't say; default 500. */
  readonly maxBatchSize?: number;
  /** How often lag is measured; default 5,000. */
  readonly sampleIntervalMilliseconds?: number;
  readonly sleep?: Sleep;
  readonly random?: () => number;
}

/**
 * Nest transport over the {@link EventLog}: one subscription for each `@EventPattern(TOPIC, consumeAs(…) | replayFrom(…))`,
 * whole batches as `@Payload()`, committed after the handler. Connect it with {@link connectEventLog}.
 */
export class EventLogStrategy extends Server {
  override readonly propagatesEventHandlerErrors = true;
  private readonly context: TransportContext;
  private readonly handlers: TopicHandler[] = [];
  private subscriptions: readonly HandlerSubscription[] = [];
  private sampler: NodeJS.Timeout | undefined;

  constructor(private readonly options: EventLogStrategyOptions) {
    super();
    const { eventLog, logger, registry, resolve } = options;
    this.context = {
      eventLog,
      consumer: options.consumer ?? 'replay',
      logger,
      resolve,
      metrics: transportMetrics(registry),
      retry: { ...DEFAULT_RETRY, ...options.retry },
      sleep: options.sleep ?? sleep,
      random: options.random ?? Math.random,
      maxBatchSize: options.maxBatchSize ?? 500,
    };
  }

  /** Unlike Nest's own, handlers of the same topic stay apart: each has its own group or positions. */
  override addHandler(
    pattern: unknown,
    callback: MessageHandler,
    isEventHandler = false,
    extras: Record<string, unknown> = {},
  ): void {
    const topic = this.normalizePattern(pattern as string);
    const options = handlerOptionsOf(extras);
    if (!isEventHandler || !options) {
      throw new TypeError(`The handler of ${topic} must be an @EventPattern with consumeAs(…) or replayFrom(…).`);
    }
    this.handlers.push({ topic, options, handle: (batch) => settle(callback, batch) });
  }

  /** Subscriptions open in the background, so that a service starts while the log is away; see {@link statuses}. */
  listen(callback: () => void): void {
    this.subscriptions = this.handlers.map((handler) => new HandlerSubscription(handler, this.context));
    for (const subscription of this.subscriptions) subscription.start();
    this.sampler = setInterval(() => void this.sample(), this.options.sampleIntervalMilliseconds ?? 5_000);
    this.sampler.unref();
    callback();
  }

  statuses(): readonly SubscriptionStatus[] {
    return this.subscriptions.map((subscription) => subscription.status());
  }

  /**
   * For a readiness check: red until every replay has handled what was in the log when it began. Later faults of the
   * log are told in `detail` and do not turn it red: whether old data may still be served is for the service to judge.
   */
  health(): { readonly ok: boolean; readonly detail: string } {
    const statuses = this.statuses();
    const behind = statuses.filter(({ caughtUp }) => !caughtUp).map(({ topic, group }) => `${topic} (${group})`);
    const waiting = behind.length > 0 ? [`Wait until these are read to their end: ${behind.join(', ')}.`] : [];
    const faults = statuses.flatMap(({ fault }) => fault ?? []);
    return { ok: behind.length === 0, detail: [...waiting, ...faults].join(' ') || 'all topics are read' };
  }

  /** Stops every subscription after its batch in hand. */
  async close(): Promise<void> {
    clearInterval(this.sampler);
    await Promise.all(this.subscriptions.map((subscription) => subscription.close()));
  }

  on(): never {
    throw new TypeError('EventLogStrategy has no events of its own; see statuses().');
  }

  unwrap<T>(): T {
    return this.options.eventLog as T;
  }

  private async sample(): Promise<void> {
    await Promise.all(this.subscriptions.map((subscription) => subscription.sample()));
  }
}

/** A Nest handler answers with a promise, or with an observable that errors when the handler threw. */
async function settle(callback: MessageHandler, batch: EventBatch): Promise<void> {
  const result: unknown = await callback(batch, new BaseRpcContext([]));
  if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
}
