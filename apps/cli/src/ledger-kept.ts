import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LedgerVerification } from '@kakunin/client/ledger';

const LEDGER_KEY = 'ledger-key';
const SIGNING_KEY = 'signing-key.pem';
const CHECKPOINT = '.checkpoint';

/** Keys that a verification took to be the right ones. */
interface RestsOn {
  readonly verifierKeys: readonly string[];
  readonly signingKey?: string;
}

/**
 * What a payer keeps from verification to verification: the keys that it first trusted, and a checkpoint of each size
 * that it saw. Who keeps nothing sees no rewritten past.
 */
export class KeptFolder {
  readonly #folder: string | undefined;

  /** @param folder absent: nothing is kept */
  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  get ledgerKey(): string | undefined {
    return this.#read(LEDGER_KEY);
  }

  get signingKey(): string | undefined {
    return this.#read(SIGNING_KEY);
  }

  checkpoints(): readonly Buffer[] {
    const folder = this.#folder;
    if (folder === undefined || !existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => name.endsWith(CHECKPOINT))
      .map((name) => readFileSync(join(folder, name)));
  }

  /** Keeps what a verification that found nothing rests on. */
  add({ verifierKeys, signingKey }: RestsOn, { checkpoint }: LedgerVerification): void {
    const folder = this.#folder;
    if (folder === undefined || !checkpoint) return;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, LEDGER_KEY), `${verifierKeys.join('\n')}\n`);
    if (signingKey !== undefined) writeFileSync(join(folder, SIGNING_KEY), signingKey);
    writeFileSync(join(folder, `${checkpoint.size}${CHECKPOINT}`), checkpoint.octets);
  }

  #read(name: string): string | undefined {
    if (this.#folder === undefined) return undefined;
    const file = join(this.#folder, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  }
}
