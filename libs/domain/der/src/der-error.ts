/** What a reader refuses, and why in `message`; messages name structure only, never octets of the input. */
export class DerError extends Error {
  readonly code = 'malformed_der';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DerError';
  }
}
