import type { SigningKey } from '@kakunin/x509';

/** Not DER, so that its signature can stand under no structure of X.509. */
const TRIAL = Buffer.from('Kakunin: does this key sign?');

/** Which keys do not sign, and why. */
export class SigningFailures {
  readonly #failures = new Map<SigningKey, string>();

  failed(key: SigningKey, error: unknown): void {
    this.#failures.set(key, error instanceof Error ? error.message : String(error));
  }

  signed(key: SigningKey): void {
    if (this.#failures.size > 0) this.#failures.delete(key);
  }

  of(key: SigningKey): string | undefined {
    return this.#failures.get(key);
  }

  /**
   * Lets those sign for nothing that failed or that lie in a device: nobody else may ask them, as long as the service is
   * not ready or at night. Forgets keys that are not in use any more.
   */
  async tryAgain(inUse: readonly SigningKey[]): Promise<void> {
    for (const key of this.#failures.keys()) if (!inUse.includes(key)) this.#failures.delete(key);
    const doubtful = inUse.filter((key) => !key.signNow || this.#failures.has(key));
    await Promise.all(doubtful.map((key) => this.#try(key)));
  }

  async #try(key: SigningKey): Promise<void> {
    try {
      await key.sign(TRIAL);
      this.signed(key);
    } catch (error) {
      this.failed(key, error);
    }
  }
}
