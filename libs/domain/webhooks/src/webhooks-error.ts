/**
 * - `key_invalid`: not a key as Standard Webhooks writes it, or of a wrong length
 * - `message_invalid`: an id with a dot, a space or nothing in it cannot be signed
 */
export type WebhooksErrorCode = 'key_invalid' | 'message_invalid';

/** What can go wrong before a webhook is sent or verified. Messages hold no key. */
export class WebhooksError extends Error {
  readonly code: WebhooksErrorCode;

  constructor(code: WebhooksErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'WebhooksError';
    this.code = code;
  }
}
