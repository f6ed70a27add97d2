import type { WebhookSigner, WebhookVerifier } from './webhook-key.ts';
import { WebhooksError } from './webhooks-error.ts';

/** What is sent. The octets of `body` are signed as they are: a receiver verifies before it parses. */
export interface WebhookMessage {
  /** The same for every attempt, so that a receiver can tell that it has the message already. */
  readonly id: string;
  /** Of this attempt, epoch ms; whole seconds are sent. */
  readonly sentAt: number;
  readonly body: Uint8Array;
}

/** Headers of a webhook, named as Standard Webhooks names them. */
export interface WebhookHeaders {
  readonly 'webhook-id': string;
  /** Unix seconds. */
  readonly 'webhook-timestamp': string;
  /** `v1,<base64>` or `v1a,<base64>`, several of them separated by spaces. */
  readonly 'webhook-signature': string;
}

const ID = /^[!-~]{1,256}$/;

/**
 * Signs a webhook in the form of Standard Webhooks: `id.timestamp.body`, under each key, so that a receiver may change
 * its key without losing a message.
 * @see https://www.standardwebhooks.com
 * @throws WebhooksError `message_invalid`
 */
export function signWebhook(message: WebhookMessage, signers: readonly WebhookSigner[]): WebhookHeaders {
  if (!ID.test(message.id) || message.id.includes('.') || signers.length === 0) {
    throw new WebhooksError('message_invalid', 'An id is printable and holds no dot, and a message has a signer.');
  }
  const timestamp = String(Math.floor(message.sentAt / 1000));
  const content = contentOf(message.id, timestamp, message.body);
  const signatures = signers.map(({ scheme, sign }) => `${scheme},${Buffer.from(sign(content)).toString('base64')}`);
  return { 'webhook-id': message.id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

/**
 * - `valid`: one of our keys signed it, just now
 * - `malformed`: a header is missing or is none
 * - `too_old`, `from_future`: outside the tolerance: it may be one that somebody recorded and sends again
 * - `wrong_signature`: none of our keys signed these octets
 */
export type WebhookVerdict = 'valid' | 'malformed' | 'too_old' | 'from_future' | 'wrong_signature';

export interface ReceivedWebhook {
  /** By lower-case name, as Node gives them. */
  readonly headers: Readonly<Partial<Record<string, string | readonly string[] | undefined>>>;
  /** As it came, unparsed. */
  readonly body: Uint8Array;
  readonly verifiers: readonly WebhookVerifier[];
  /** Epoch ms. */
  readonly now: number;
}

/** How far the sender's clock and ours may be apart, ms; what Standard Webhooks proposes. */
export const WEBHOOK_TOLERANCE = 5 * 60_000;
const MOST_SIGNATURES = 20;

/** Verifies a webhook. Whoever acts on `valid` also asks a {@link ReplayWindow} whether it is new. Never throws. */
export function verifyWebhook({ headers, body, verifiers, now }: ReceivedWebhook): WebhookVerdict {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signatures = headers['webhook-signature'];
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') return 'malformed';
  if (!ID.test(id) || id.includes('.') || !/^(?:0|[1-9]\d{0,11})$/.test(timestamp)) return 'malformed';
  const sentAt = Number(timestamp) * 1000;
  if (sentAt < now - WEBHOOK_TOLERANCE) return 'too_old';
  if (sentAt > now + WEBHOOK_TOLERANCE) return 'from_future';
  const content = contentOf(id, timestamp, body);
  const given = signatures.split(' ', MOST_SIGNATURES).map((each) => each.split(','));
  const signed = given.some(([scheme, base64 = '']) => {
    const signature = Buffer.from(base64, 'base64');
    return verifiers.some((each) => each.scheme === scheme && each.verify(content, signature));
  });
  return signed ? 'valid' : 'wrong_signature';
}

/** Neither id nor timestamp holds a dot, so that no two messages have one content. */
const contentOf = (id: string, timestamp: string, body: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
