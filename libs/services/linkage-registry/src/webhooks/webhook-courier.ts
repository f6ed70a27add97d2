import { createHash, randomInt } from 'node:crypto';
import type { Clock } from '@kakunin/calendar';
import { CLOCK, CONFIG, faultLog, LOGGER, type Logger, Rounds } from '@kakunin/runtime';
import { afterAttempt, type Delivery, signWebhook } from '@kakunin/webhooks';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { LinkageRegistryConfig } from '../config.ts';
import { NewsMetrics } from '../news/news-metrics.ts';
import { type ClaimedDelivery, WebhookDeliveryStore } from './webhook-delivery.store.ts';
import { WebhookSender } from './webhook-sender.ts';

const DAY = 86_400_000;
const CHANCES = 2 ** 32;
/** Of the body's hash in the id of a message. */
const HASH_DIGITS = 16;

/**
 * Brings messages to endpoints. Each endpoint is called by itself, so that one that is slow holds up nobody else; in what
 * order messages arrive is not promised, the sequence in them says it.
 */
@Injectable()
export class WebhookCourier implements OnApplicationBootstrap, BeforeApplicationShutdown {
  /** Endpoints that are being called, by this process. */
  readonly #busy = new Map<string, Promise<void>>();
  readonly #noteFault: (error: unknown) => void;
  readonly #rounds: Rounds;

  constructor(
    @Inject(WebhookDeliveryStore) private readonly store: WebhookDeliveryStore,
    @Inject(WebhookSender) private readonly sender: WebhookSender,
    @Inject(NewsMetrics) private readonly metrics: NewsMetrics,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG)
    private readonly config: Pick<LinkageRegistryConfig, 'newsIntervalSeconds' | 'webhookFailingDays'>,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#noteFault = faultLog({ logger, clock, message: 'webhooks cannot be sent; trying again with the next round' });
    const interval = config.newsIntervalSeconds * 1_000;
    this.#rounds = new Rounds({ interval, work: () => this.#begin(), onFault: this.#noteFault });
  }

  onApplicationBootstrap(): void {
    this.#rounds.startAfter(this.store.whenReady());
  }

  /** Before the database closes; messages in hand are finished, as long as an attempt may take. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#rounds.stop();
    await Promise.all(this.#busy.values());
    this.sender.close();
  }

  async #begin(): Promise<void> {
    const claimed = await this.store.claim(this.clock.now(), [...this.#busy.keys()]);
    for (const [endpointId, deliveries] of Map.groupBy(claimed, (each) => each.endpointId)) {
      const call = this.#call(endpointId, deliveries)
        .catch(this.#noteFault)
        .finally(() => this.#busy.delete(endpointId));
      this.#busy.set(endpointId, call);
    }
  }

  async #call(endpointId: string, deliveries: readonly ClaimedDelivery[]): Promise<void> {
    const signers = await this.store.signers(endpointId, this.clock.now());
    const settled = await Promise.all(
      deliveries.map(async (each) => {
        const sentAt = this.clock.now();
        const body = Buffer.from(JSON.stringify(each.item));
        // With a hash: a registry that was restored from a backup gives sequences again, to other events.
        const hash = createHash('sha256').update(body).digest('hex').slice(0, HASH_DIGITS);
        const id = `${each.serviceProvider}_${each.item.sequence}_${hash}`;
        const headers = signWebhook({ id, sentAt, body }, signers);
        const { outcome } = await this.sender.send({ url: each.url, headers, body });
        const waiting = { state: 'waiting', attempts: each.attempts, nextAttemptAt: sentAt } as const;
        const now = this.clock.now();
        const delivery = afterAttempt(waiting, outcome, { now, chance: randomInt(CHANCES) / CHANCES });
        await this.store.settle(each, delivery);
        this.metrics.onAttempt(delivery.state);
        return delivery;
      }),
    );
    await this.#upkeep(endpointId, settled);
  }

  async #upkeep(endpointId: string, settled: readonly Delivery[]): Promise<void> {
    const now = this.clock.now();
    if (settled.some((each) => each.state === 'dead' && each.reason === 'endpoint_gone')) {
      return this.store.disable(endpointId, 'gone', now);
    }
    if (settled.some(({ state }) => state === 'delivered')) return this.store.noteTaken(endpointId);
    const since = await this.store.noteFailing(endpointId, now);
    if (now - since >= this.config.webhookFailingDays * DAY) await this.store.disable(endpointId, 'failing', now);
  }
}
