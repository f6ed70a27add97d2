import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import type { LedgerSource } from './types.ts';

/** The ledger as a copy on disk: the folder in which `checkpoint` and `tile` lie. */
export const directoryLedger = (directory: string): LedgerSource => ({
  read: (path) =>
    readFile(join(directory, path)).catch((error: unknown) => {
      if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
      throw error;
    }),
});

/** Whom to call, and as whom. Certificates and keys are PEM. */
export interface HttpsLedgerOptions {
  /** Such as `https://billing.example.jp:8444/ledgers/pf-a`. */
  readonly url: string;
  readonly tls: { readonly certificate: string; readonly key: string; readonly authorities?: string };
  /** Longest wait for a file; default 30,000. */
  readonly timeoutMs?: number;
}

/** The ledger over the billing meter's API, over mutual TLS. Call `close` at the end. */
export function httpsLedger(options: HttpsLedgerOptions): LedgerSource & { close(): void } {
  const { certificate: cert, key, authorities: ca } = options.tls;
  const agent = new Agent({ keepAlive: true, cert, key, ...(ca !== undefined && { ca }) });
  const base = options.url.replace(/\/$/, '');
  return {
    read: (path) => get(`${base}/${path}`, agent, options.timeoutMs ?? 30_000),
    close: () => agent.destroy(),
  };
}

/** A file of a ledger is 16 MiB at most: 256 leaves with their lengths. */
const LARGEST_FILE = 256 * 65_537;

function get(url: string, agent: Agent, timeout: number): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, timeout }, (response) => {
      const parts: Buffer[] = [];
      let octets = 0;
      response.on('data', (part: Buffer) => {
        parts.push(part);
        octets += part.length;
        if (octets > LARGEST_FILE) sent.destroy(new Error('The ledger sends a file that is too large for one.'));
      });
      response.on('error', reject).on('end', () => {
        const { statusCode } = response;
        if (statusCode === 200) resolve(Buffer.concat(parts));
        else if (statusCode === 404) resolve(undefined);
        else reject(new Error(`The ledger is refused with HTTP ${statusCode}.`));
      });
    });
    sent.on('timeout', () => sent.destroy(new Error('The ledger does not answer in time.')));
    sent.on('error', reject).end();
  });
}
