/** What the shell gets. `failed`: revoked, refused, or a check that did not hold. */
export const EXIT = { good: 0, failed: 1, usage: 2, unreachable: 3 } as const;

/** An end of a command that is not a bug; its message is shown as it stands. */
export class CliError extends Error {
  constructor(
    readonly code: 'failed' | 'usage' | 'unreachable',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CliError';
  }
}
