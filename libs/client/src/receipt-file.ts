import { appendFile } from 'node:fs/promises';
import type { KeptReceipt } from './receipt.ts';

/** Appends receipts to a file as NDJSON, one a line; those that come while an append runs go with the next one. */
export class ReceiptFile {
  readonly #path: string;
  #lines = '';
  #latest: Promise<void> = Promise.resolve();
  /** The append that takes what comes now. */
  #next: Promise<void> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Resolves when they are in the file. @throws the file system's error */
  append(receipts: readonly KeptReceipt[]): Promise<void> {
    for (const receipt of receipts) this.#lines += `${JSON.stringify(receipt)}\n`;
    this.#next ??= this.#appendAfter(this.#latest);
    return this.#next;
  }

  async #appendAfter(before: Promise<void>): Promise<void> {
    await before.catch(() => undefined);
    this.#latest = this.#next ?? before;
    this.#next = undefined;
    const lines = this.#lines;
    this.#lines = '';
    await appendFile(this.#path, lines, { mode: 0o600 });
  }
}
