import http from 'node:http';
import https from 'node:https';
import type { AttemptOutcome, WebhookHeaders } from '@kakunin/webhooks';
import { type AddressRule, guardedLookup } from './public-address.ts';
import { webhookUrlOf } from './webhook-url.ts';

export interface OutgoingWebhook {
  readonly url: string;
  readonly headers: WebhookHeaders;
  readonly body: Uint8Array;
}

export interface WebhookAnswer {
  readonly outcome: AttemptOutcome;
  /** As far as it was read. */
  readonly body: string;
}

/** From the name's resolution to the end of the answer, ms. */
const TIME_LIMIT = 10_000;
/** Longest answer that is read; a verification needs less. */
const MOST_OCTETS = 4_096;
const UNREACHABLE: WebhookAnswer = { outcome: 'unreachable', body: '' };

/** Sends webhooks, to addresses that they may be sent to. It follows no redirect, and tells nobody what went wrong where. */
export class WebhookSender {
  readonly #rule: AddressRule;
  readonly #agents: { readonly 'http:': http.Agent; readonly 'https:': https.Agent };
  readonly #timeLimit: number;

  constructor(rule: AddressRule, { timeLimit = TIME_LIMIT, lookup = guardedLookup(rule) } = {}) {
    this.#rule = rule;
    this.#timeLimit = timeLimit;
    const options = { keepAlive: true, maxSockets: 10, timeout: 4_000, lookup };
    this.#agents = { 'http:': new http.Agent(options), 'https:': new https.Agent(options) };
  }

  /** Never rejects. */
  send(webhook: OutgoingWebhook): Promise<WebhookAnswer> {
    return this.#exchange(webhook).catch(() => UNREACHABLE);
  }

  close(): void {
    this.#agents['http:'].destroy();
    this.#agents['https:'].destroy();
  }

  async #exchange({ url: text, headers, body }: OutgoingWebhook): Promise<WebhookAnswer> {
    // Checked anew: the rule may be another one than when it was registered.
    const url = webhookUrlOf(text, this.#rule);
    const protocol = url.protocol as 'http:' | 'https:';
    const request = (protocol === 'https:' ? https : http).request(url, {
      method: 'POST',
      agent: this.#agents[protocol],
      headers: { ...headers, 'content-type': 'application/json', 'content-length': body.length },
      signal: AbortSignal.timeout(this.#timeLimit),
    });
    const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
      request.on('response', resolve).on('error', reject);
    });
    request.end(body);
    const answer = await answered;
    const retryAfter = retryAfterOf(answer.headers['retry-after']);
    const outcome = { status: answer.statusCode!, ...(retryAfter !== undefined && { retryAfter }) };
    return { outcome, body: await readSome(answer) };
  }
}

/** A status that was received counts, whatever becomes of the rest. */
async function readSome(answer: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MOST_OCTETS) break;
    }
  } catch {
    return '';
  }
  return Buffer.concat(chunks).toString();
}

/** RFC 9110, 10.2.3, in seconds; dates are not asked for. @returns ms */
const retryAfterOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,8}$/.test(text) ? Number(text) * 1_000 : undefined;
