import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { CrlSyncError } from './crl-sync-error.ts';
import { Failure } from './failure.ts';
import { type ListedCrl, readManifest } from './listed-crls.ts';

/** Of a nation: 2,000 partitions, a delta and 30 patches each. */
const MAX_MANIFEST = 64 * 1024 ** 2;
const MAX_SIGNATURE = 1024;

export interface PublisherOptions {
  readonly url: string;
  readonly manifestKey: string | Uint8Array;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

export interface Download {
  /** Where it begins: 0 when the publisher sends the whole. */
  readonly start: number;
  readonly octets: AsyncIterable<Uint8Array>;
}

/** The publisher, as it is seen over the network: whatever it says is checked by others. */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #key: KeyObject;

  /** @throws CrlSyncError `invalid_option` */
  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#key = readKey(options.manifestKey);
    if (!/^https?:\/\//.test(options.url) || !URL.canParse(options.url)) {
      throw new CrlSyncError('invalid_option', 'url must be an http or https address.');
    }
  }

  /**
   * What the newest manifest lists. Its signature is asked for by the manifest's own SHA-256, so the two belong together
   * though a newer one may be published at this moment.
   * @throws CrlSyncError `unreachable` | `refused` | `signature_invalid` | `malformed_manifest`
   */
  async manifest(): Promise<readonly ListedCrl[]> {
    const manifest = await this.#small('/crl/manifest.json', MAX_MANIFEST);
    const sha256 = createHash('sha256').update(manifest).digest('hex');
    const signature = await this.#small(`/crl/manifests/${sha256}.json.sig`, MAX_SIGNATURE);
    if (verify(null, manifest, this.#key, signature)) return readManifest(manifest);
    throw new CrlSyncError('signature_invalid', 'The manifest is not signed by the key that you trust.');
  }

  /**
   * @param path as the manifest gives it
   * @param start from this octet on, when the publisher can
   * @throws Failure `unreachable` | `refused`
   */
  async download(path: string, start = 0): Promise<Download> {
    const silence = new AbortController();
    const { timeoutMs, signal } = this.#options;
    const timer = setTimeout(() => silence.abort(), timeoutMs);
    const signals = signal ? [silence.signal, signal] : [silence.signal];
    const headers = { 'accept-encoding': 'identity', ...(start > 0 && { range: `bytes=${start}-` }) };
    const address = this.#at(path);
    const request = fetch(address, { headers, signal: AbortSignal.any(signals), redirect: 'error' });
    const response = await request.catch((cause: unknown) => {
      clearTimeout(timer);
      throw unreachable(cause);
    });
    const begins = response.status === 206 ? rangeStart(response) : response.status === 200 ? 0 : undefined;
    if (begins === undefined || (begins !== 0 && begins !== start) || !response.body) {
      clearTimeout(timer);
      await response.body?.cancel();
      throw new Failure('refused', `The publisher answers HTTP ${response.status} for ${address}.`);
    }
    return { start: begins, octets: pieces(response.body, timer) };
  }

  async #small(path: string, limit: number): Promise<Uint8Array> {
    try {
      const { octets } = await this.download(path);
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      for await (const chunk of octets) {
        bytes += chunk.length;
        if (bytes > limit) throw new CrlSyncError('malformed_manifest', 'The manifest is too large.');
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      throw new CrlSyncError(error.code === 'refused' ? 'refused' : 'unreachable', error.message, { cause: error });
    }
  }

  /** The publisher may lie below any path; the manifest's begin with `/crl`. */
  #at(path: string): string {
    return `${this.#options.url.replace(/\/$/, '')}${path.replace(/^\/crl/, '')}`;
  }
}

const unreachable = (cause: unknown): Failure =>
  new Failure('unreachable', 'The publisher does not answer, or broke off.', { cause });

const rangeStart = (response: Response): number | undefined => {
  const [, start] = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '') ?? [];
  return start === undefined ? undefined : Number(start);
};

async function* pieces(body: ReadableStream<Uint8Array>, timer: NodeJS.Timeout): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of body) {
      timer.refresh();
      yield piece;
    }
  } catch (cause) {
    throw unreachable(cause);
  } finally {
    clearTimeout(timer);
  }
}

function readKey(pem: string | Uint8Array): KeyObject {
  try {
    const key = createPublicKey(Buffer.from(pem));
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (cause) {
    throw new CrlSyncError('invalid_option', 'manifestKey is no public key in PEM.', { cause });
  }
  throw new CrlSyncError('invalid_option', 'manifestKey is no Ed25519 key.');
}
