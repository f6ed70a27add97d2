import { type WebhookSigner, webhookSigner } from '@kakunin/webhooks';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { Queries } from '../database/queries.ts';
import { Vault } from '../keys/vault.ts';
import { RegistryError } from '../registry-error.ts';
import type { DisabledBecause, EndpointKey, EndpointState, WebhookEndpoint } from './webhook-endpoint.ts';

interface Row {
  readonly endpoint_id: string;
  readonly recipient: string;
  readonly url: string;
  readonly state: EndpointState;
  readonly disabled_because: DisabledBecause | null;
  readonly created_at: string;
  readonly failing_since: string | null;
}

interface KeyRow {
  readonly secret_sealed: Buffer;
  readonly private_key_sealed: Buffer;
}

/** Nobody needs more; each is sent every event. */
const MOST_ENDPOINTS = 10;

/** SQL of endpoints and their keys. */
@Injectable()
export class WebhookEndpointStore {
  constructor(@Inject(Vault) private readonly vault: Vault) {}

  /** @throws RegistryError `too_many_webhooks` */
  async insert(client: PoolClient, endpoint: WebhookEndpoint, key: EndpointKey): Promise<void> {
    const { endpointId, serviceProvider, url, state, createdAt } = endpoint;
    await client.query('SELECT FROM relying_party WHERE code = $1 FOR UPDATE', [serviceProvider]);
    const { rowCount } = await client.query(
      `INSERT INTO webhook_endpoint (endpoint_id, recipient, url, state, created_at)
       SELECT $1, $2, $3, $4, $5 WHERE (SELECT count(*) FROM webhook_endpoint WHERE recipient = $2) < ${MOST_ENDPOINTS}`,
      [endpointId, serviceProvider, url, state, createdAt],
    );
    if (rowCount === 0) {
      throw new RegistryError('too_many_webhooks', `There are ${MOST_ENDPOINTS} endpoints already: remove one first.`);
    }
    await this.addKey(client, endpointId, { key, previousEndsAt: createdAt });
  }

  async ofServiceProvider(client: Queries, serviceProvider: string): Promise<readonly WebhookEndpoint[]> {
    const { rows } = await client.query<Row>(
      'SELECT * FROM webhook_endpoint WHERE recipient = $1 ORDER BY created_at, endpoint_id',
      [serviceProvider],
    );
    return rows.map(endpointOf);
  }

  async find(client: Queries, endpointId: string): Promise<WebhookEndpoint | undefined> {
    const { rows } = await client.query<Row>('SELECT * FROM webhook_endpoint WHERE endpoint_id = $1', [endpointId]);
    return rows[0] && endpointOf(rows[0]);
  }

  async remove(client: Queries, endpointId: string): Promise<void> {
    await client.query('DELETE FROM webhook_endpoint WHERE endpoint_id = $1', [endpointId]);
  }

  async activate(client: Queries, endpointId: string): Promise<void> {
    await client.query(
      `UPDATE webhook_endpoint SET state = 'active', disabled_because = NULL, failing_since = NULL WHERE endpoint_id = $1`,
      [endpointId],
    );
  }

  /** Adds a key, and says until when the one before it signs as well; those that have ended are destroyed. */
  async addKey(
    client: PoolClient,
    endpointId: string,
    { key, previousEndsAt }: { readonly key: EndpointKey; readonly previousEndsAt: number },
  ): Promise<void> {
    await client.query('SELECT FROM webhook_endpoint WHERE endpoint_id = $1 FOR UPDATE', [endpointId]);
    // Two at most: a rotation within the window of another ends the older key.
    await client.query('DELETE FROM webhook_key WHERE endpoint_id = $1 AND ends_at IS NOT NULL', [endpointId]);
    await client.query('UPDATE webhook_key SET ends_at = $2 WHERE endpoint_id = $1', [endpointId, previousEndsAt]);
    await client.query(
      `INSERT INTO webhook_key (endpoint_id, version, secret_sealed, private_key_sealed, public_key)
       SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4 FROM webhook_key WHERE endpoint_id = $1`,
      [endpointId, this.#seal(endpointId, key.secret), this.#seal(endpointId, key.privateKey), key.publicKey],
    );
  }

  /** Those that sign now, the newest first: each key signs as `v1` and as `v1a`. */
  async signers(client: Queries, endpointId: string, now: number): Promise<readonly WebhookSigner[]> {
    const { rows } = await client.query<KeyRow>(
      `SELECT secret_sealed, private_key_sealed FROM webhook_key
       WHERE endpoint_id = $1 AND (ends_at IS NULL OR ends_at > $2) ORDER BY version DESC`,
      [endpointId, now],
    );
    return rows.flatMap((row) =>
      [row.secret_sealed, row.private_key_sealed].map((sealed) =>
        webhookSigner(this.vault.open(ownerOf(endpointId), sealed).toString()),
      ),
    );
  }

  #seal(endpointId: string, text: string): Buffer {
    return this.vault.seal(ownerOf(endpointId), Buffer.from(text));
  }
}

const ownerOf = (endpointId: string): string => `webhook ${endpointId}`;

const endpointOf = (row: Row): WebhookEndpoint => ({
  endpointId: row.endpoint_id,
  serviceProvider: row.recipient,
  url: row.url,
  state: row.state,
  createdAt: Number(row.created_at),
  ...(row.disabled_because !== null && { disabledBecause: row.disabled_because }),
  ...(row.failing_since !== null && { failingSince: Number(row.failing_since) }),
});
