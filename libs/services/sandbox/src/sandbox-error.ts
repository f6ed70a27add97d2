/** The sandbox cannot be created as it is meant to be. */
export class SandboxError extends Error {
  readonly code = 'sandbox_failed';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SandboxError';
  }
}
