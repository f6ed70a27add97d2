import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '@kakunin/calendar';
import { CLOCK, CONFIG } from '@kakunin/runtime';
import { signWebhook, webhookKeyPairOf, webhookSecretOf } from '@kakunin/webhooks';
import { Inject, Injectable } from '@nestjs/common';
import type { LinkageRegistryConfig } from '../config.ts';
import { RegistryDatabase } from '../database/registry-database.ts';
import { RegistryError } from '../registry-error.ts';
import { requireOwn } from '../relying-parties/own-service-provider.ts';
import type { EndpointKey, WebhookEndpoint } from './webhook-endpoint.ts';
import { WebhookEndpointStore } from './webhook-endpoint.store.ts';
import { WebhookSender } from './webhook-sender.ts';
import { webhookUrlOf } from './webhook-url.ts';

const SECRET_OCTETS = 32;
const HOUR = 3_600_000;

/** What a receiver is told of a new key: once. */
export type ReceiverKey = Pick<EndpointKey, 'secret' | 'publicKey'>;

/** Where service providers want their news sent. */
@Injectable()
export class Webhooks {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(WebhookEndpointStore) private readonly store: WebhookEndpointStore,
    @Inject(WebhookSender) private readonly sender: WebhookSender,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<LinkageRegistryConfig, 'webhookLoopback'>,
  ) {}

  /** @throws RegistryError `relying_party_unknown` | `webhook_url_refused` | `too_many_webhooks` */
  async register(caller: string, { serviceProvider, url }: Pick<WebhookEndpoint, 'serviceProvider' | 'url'>) {
    await requireOwn(this.database, caller, serviceProvider);
    const { href } = webhookUrlOf(url, { allowLoopback: this.config.webhookLoopback });
    const endpoint: WebhookEndpoint = {
      endpointId: randomUUID(),
      serviceProvider,
      url: href,
      state: 'unverified',
      createdAt: this.clock.now(),
    };
    const key = newKey();
    await this.database.transaction((client) => this.store.insert(client, endpoint, key));
    return { endpoint, key: shown(key) };
  }

  /** @throws RegistryError `relying_party_unknown` */
  async list(caller: string, serviceProvider: string): Promise<readonly WebhookEndpoint[]> {
    await requireOwn(this.database, caller, serviceProvider);
    return this.store.ofServiceProvider(this.database, serviceProvider);
  }

  /**
   * Sends a challenge, signed; an endpoint that gives it back is sent news from now on. So nobody has news sent to an
   * address that is not his, and keys are known to fit before the first event.
   * @throws RegistryError `webhook_unknown` | `webhook_unverified`
   */
  async verify(caller: string, endpointId: string): Promise<WebhookEndpoint> {
    const endpoint = await this.requireOwnEndpoint(caller, endpointId);
    const challenge = randomBytes(SECRET_OCTETS).toString('base64url');
    const sentAt = this.clock.now();
    const body = Buffer.from(JSON.stringify({ type: 'endpoint_verification', challenge }));
    const signers = await this.store.signers(this.database, endpointId, sentAt);
    const headers = signWebhook({ id: `verification_${randomUUID()}`, sentAt, body }, signers);
    const { outcome, body: answer } = await this.sender.send({ url: endpoint.url, headers, body });
    if (outcome === 'unreachable' || outcome.status !== 200 || challengeIn(answer) !== challenge) {
      throw new RegistryError(
        'webhook_unverified',
        'The endpoint did not answer 200 with {"challenge": …} as it was sent, within 10 s and without a redirect.',
      );
    }
    await this.store.activate(this.database, endpointId);
    return this.requireOwnEndpoint(caller, endpointId);
  }

  /** A new key; the one before signs beside it for that long. @throws RegistryError `webhook_unknown` */
  async rotate(caller: string, endpointId: string, overlapHours: number) {
    await this.requireOwnEndpoint(caller, endpointId);
    const key = newKey();
    const previousEndsAt = this.clock.now() + overlapHours * HOUR;
    await this.database.transaction((client) => this.store.addKey(client, endpointId, { key, previousEndsAt }));
    return { key: shown(key), previousEndsAt };
  }

  /** With all that waits for it. @throws RegistryError `webhook_unknown` */
  async remove(caller: string, endpointId: string): Promise<void> {
    await this.requireOwnEndpoint(caller, endpointId);
    await this.store.remove(this.database, endpointId);
  }

  /** @throws RegistryError `webhook_unknown`, of others' as of those that do not exist */
  async requireOwnEndpoint(caller: string, endpointId: string): Promise<WebhookEndpoint> {
    const endpoint = await this.store.find(this.database, endpointId);
    try {
      await requireOwn(this.database, caller, endpoint?.serviceProvider ?? '');
    } catch (error) {
      if (!(error instanceof RegistryError && error.code === 'relying_party_unknown')) throw error;
      throw new RegistryError('webhook_unknown', 'No such endpoint is yours.');
    }
    return endpoint!;
  }
}

const newKey = (): EndpointKey => ({
  secret: webhookSecretOf(randomBytes(SECRET_OCTETS)),
  ...webhookKeyPairOf(randomBytes(SECRET_OCTETS)),
});

const shown = ({ secret, publicKey }: EndpointKey): ReceiverKey => ({ secret, publicKey });

function challengeIn(answer: string): unknown {
  try {
    return (JSON.parse(answer) as { challenge?: unknown } | null)?.challenge;
  } catch {
    return undefined;
  }
}
