import type { EventBatch, EventLog, EventRecord, Subscription, SubscriptionStart } from '@kakunin/event-log';
import type { Logger } from 'pino';
import { pauseAfter, type RetryPolicy, type Sleep } from './backoff.ts';
import { DeadLetterTopic } from './dead-letter-policy.ts';
import { Delivery, type DeliveryObserver } from './delivery.ts';
import { codeOf } from './fault.ts';
import type { HandlerOptions, Token } from './handler-options.ts';
import { Progress } from './progress.ts';
import type { TransportMetrics } from './transport-metrics.ts';

/** What the subscriptions of one strategy share. */
export interface TransportContext {
  readonly eventLog: EventLog;
  /** The service's name. */
  readonly consumer: string;
  readonly metrics: TransportMetrics;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
  readonly resolve: <T>(token: Token<T>) => T;
  readonly retry: RetryPolicy;
  readonly sleep: Sleep;
  readonly random: () => number;
  readonly maxBatchSize: number;
}

export interface TopicHandler {
  readonly topic: string;
  readonly options: HandlerOptions;
  readonly handle: (batch: EventBatch) => Promise<void>;
}

/** How a handler and its topic stand. */
export interface SubscriptionStatus {
  readonly topic: string;
  /** The consumer group, or `replay`. */
  readonly group: string;
  /** A replay has handled everything that was in the log when it began; always true for a group that is subscribed. */
  readonly caughtUp: boolean;
  /** What is wrong now, and what to do; undefined when nothing is. */
  readonly fault: string | undefined;
}

/** One handler's subscription to one topic: opens it however long the log is away, delivers, and knows how it stands. */
export class HandlerSubscription implements DeliveryObserver {
  private readonly stopping = new AbortController();
  private readonly progress = new Progress();
  private readonly labels: { readonly topic: string; readonly group: string };
  private readonly delivery: Delivery;
  private opening: Promise<Subscription | undefined> = Promise.resolve(undefined);
  private open = false;
  private caughtUp = false;
  private logFault: string | undefined;
  private handlerFault: string | undefined;

  constructor(
    private readonly handler: TopicHandler,
    private readonly context: TransportContext,
  ) {
    const { start, onDeadLetter } = handler.options;
    this.labels = { topic: handler.topic, group: start.kind === 'group' ? start.group : 'replay' };
    this.delivery = new Delivery({
      handle: handler.handle,
      deadLetters: onDeadLetter
        ? context.resolve(onDeadLetter)
        : new DeadLetterTopic(context.eventLog, this.consumerName()),
      observer: this,
      retry: context.retry,
      sleep: context.sleep,
      random: context.random,
      signal: this.stopping.signal,
    });
  }

  start(): void {
    this.opening = this.openWhenPossible();
  }

  status(): SubscriptionStatus {
    const { caughtUp } = this;
    return { ...this.labels, caughtUp, fault: this.logFault ?? this.handlerFault };
  }

  /** Asks the log where it ends: sets the lag metric, and finds out whether the log is back. */
  async sample(): Promise<void> {
    if (!this.open) return;
    try {
      this.context.metrics.lag.set(this.labels, Number(await this.lag()));
      this.logFault = undefined;
    } catch (error) {
      this.onFault(error);
    }
  }

  /** Stops after the batch in hand. */
  async close(): Promise<void> {
    this.stopping.abort();
    const subscription = await this.opening;
    await subscription?.close();
  }

  onHandled(batch: EventBatch): void {
    this.progress.handled(batch);
    this.handlerFault = undefined;
    if (this.open) this.lookWhetherCaughtUp();
    this.context.metrics.events.inc(this.labels, batch.length);
    this.context.metrics.batches.inc(this.labels);
  }

  onRetry([first]: EventBatch, error: unknown): void {
    this.handlerFault = `The handler of ${first.topic} fails with ${codeOf(error)} and is tried again; see the log.`;
    this.context.metrics.retries.inc(this.labels);
    this.context.logger.warn(
      { ...this.labels, ...placeOf(first), error: codeOf(error) },
      'handling a batch failed, trying again',
    );
  }

  onDeadLetter(event: EventRecord, error: unknown): void {
    this.context.metrics.deadLetters.inc({ topic: event.topic });
    this.context.logger.error(
      { ...this.labels, ...placeOf(event), error: codeOf(error) },
      'gave an event up as a dead letter',
    );
  }

  private consumerName(): string {
    const { start } = this.handler.options;
    return start.kind === 'group' ? start.group : this.context.consumer;
  }

  private async openWhenPossible(): Promise<Subscription | undefined> {
    for (let failures = 1; !this.stopping.signal.aborted; failures++) {
      try {
        return await this.subscribe();
      } catch (error) {
        this.onFault(error);
        const { retry, random, sleep } = this.context;
        await sleep(pauseAfter(failures, retry, random), this.stopping.signal).catch(() => undefined);
      }
    }
    return undefined;
  }

  private async subscribe(): Promise<Subscription> {
    const { topic, options } = this.handler;
    const start = await this.startPosition();
    const subscription = await this.context.eventLog.subscribe({
      topics: [topic],
      start,
      maxBatchSize: options.maxBatchSize ?? this.context.maxBatchSize,
      onBatch: (batch) => this.delivery.deliver(batch),
      onFault: (error) => this.onFault(error),
    });
    this.open = true;
    this.logFault = undefined;
    this.lookWhetherCaughtUp();
    return subscription;
  }

  private lookWhetherCaughtUp(): void {
    if (this.caughtUp) return;
    const { start, onCaughtUp } = this.handler.options;
    this.caughtUp = start.kind === 'group' || this.progress.hasCaughtUp();
    if (this.caughtUp && onCaughtUp) this.context.resolve(onCaughtUp).onCaughtUp();
  }

  private async startPosition(): Promise<SubscriptionStart> {
    const { start } = this.handler.options;
    if (start.kind === 'group') return start;
    const { topic } = this.handler;
    const positions = start.from === 'beginning' ? [] : await this.context.resolve(start.from.store).positions(topic);
    this.progress.startAt(positions);
    this.progress.catchUpWith(await this.context.eventLog.endPositions(topic));
    return { kind: 'positions', positions };
  }

  private async lag(): Promise<bigint> {
    const { topic, options } = this.handler;
    const end = await this.context.eventLog.endPositions(topic);
    if (options.start.kind === 'replay') return this.progress.behind(end);
    const committed = new Progress();
    committed.startAt(await this.context.eventLog.committedPositions(topic, options.start.group));
    return committed.behind(end);
  }

  private onFault(error: unknown): void {
    const code = codeOf(error);
    const advice =
      code === 'unknown_topic' ? 'create it with `kakunin topics create`' : 'check that the event log can be reached';
    if (this.logFault === undefined)
      this.context.logger.warn({ ...this.labels, error: code }, 'the event log has a fault');
    this.logFault = `Reading ${this.labels.topic} fails with ${code}: ${advice}.`;
  }
}

const placeOf = ({ partition, offset }: EventRecord) => ({ partition, offset: offset.toString() });
