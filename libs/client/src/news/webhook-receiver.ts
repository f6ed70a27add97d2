import { ReplayWindow, verifyWebhook, webhookVerifier, type WebhookVerifier } from '@kakunin/webhooks';
import type { LinkageEventItem } from './types.ts';

/** What a {@link WebhookReceiver} is made with. */
export interface WebhookReceiverOptions {
  /** Keys of the endpoint, `whsec_…` or `whpk_…`; while a key is changed, the new one and the one before. */
  readonly keys: readonly string[];
  /** Epoch ms. Default: the system's clock. */
  readonly clock?: { now(): number };
}

/** A request to the endpoint, as it came. */
export interface WebhookRequest {
  /** By lower-case name, as Node gives them. */
  readonly headers: Readonly<Partial<Record<string, string | readonly string[] | undefined>>>;
  /** Unparsed. */
  readonly body: Uint8Array;
}

/**
 * What to do with a request:
 * - `event`: act on it, once it is kept answer 204; `repeated`: it was taken already, answer 204
 * - `verification`: answer 200 with `body`
 * - `refused`: answer 401; nobody who has your key sent it just now
 */
export type WebhookReceipt =
  | { readonly kind: 'event' | 'repeated'; readonly item: LinkageEventItem }
  | { readonly kind: 'verification'; readonly body: string }
  | {
      readonly kind: 'refused';
      readonly reason: 'malformed' | 'too_old' | 'from_future' | 'wrong_signature';
    };

/**
 * Verifies webhooks of Kakunin (Standard Webhooks), and tells repeated ones from new ones, in memory. Who must not act
 * twice after a restart keeps `item.sequence` in the transaction in which it acts. Webhooks may come in any order: the
 * sequence says it.
 */
export class WebhookReceiver {
  readonly #verifiers: readonly WebhookVerifier[];
  readonly #clock: { now(): number };
  readonly #window = new ReplayWindow();

  /** @throws Error when a key is none */
  constructor({ keys, clock = { now: () => Date.now() } }: WebhookReceiverOptions) {
    this.#verifiers = keys.map(webhookVerifier);
    this.#clock = clock;
  }

  /** Never throws. */
  receive({ headers, body }: WebhookRequest): WebhookReceipt {
    const now = this.#clock.now();
    const verdict = verifyWebhook({ headers, body, verifiers: this.#verifiers, now });
    if (verdict !== 'valid') return { kind: 'refused', reason: verdict };
    const message = parse(body);
    if (!message) return { kind: 'refused', reason: 'malformed' };
    if ('challenge' in message) {
      return { kind: 'verification', body: JSON.stringify({ challenge: message.challenge }) };
    }
    const isNew = this.#window.take(headers['webhook-id'] as string, now);
    return { kind: isNew ? 'event' : 'repeated', item: message };
  }
}

function parse(body: Uint8Array): LinkageEventItem | { readonly challenge: string } | undefined {
  try {
    const value = JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown> | null;
    if (typeof value?.['challenge'] === 'string') return { challenge: value['challenge'] };
    if (typeof value?.['sequence'] === 'number' && typeof value['event'] === 'object') return value as never;
  } catch {
    // Not JSON: none of ours.
  }
  return undefined;
}
