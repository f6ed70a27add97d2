import { hash } from 'node:crypto';

const DIGEST_OCTETS = 16;

/** Who calls, for whom, what for: what a request's digest covers beside its octets. */
export interface RequestOrigin {
  readonly platformProvider: string;
  readonly serviceProvider: string;
  readonly purpose: string;
}

/** A request about one certificate takes about 120 octets; one that does not fit gets octets of its own. */
const REQUEST_OCTETS = 512;

/** The digests of requests of one origin: first 16 octets of SHA-256 over the origin and the request. */
export class RequestDigest {
  readonly #originLength: number;
  /** The origin, and room for a request. */
  readonly #octets: Buffer;

  constructor({ platformProvider, serviceProvider, purpose }: RequestOrigin) {
    const origin = Buffer.from(`${platformProvider}\0${serviceProvider}\0${purpose}\0`);
    this.#originLength = origin.length;
    this.#octets = Buffer.concat([origin, Buffer.alloc(REQUEST_OCTETS)]);
  }

  of(request: Uint8Array): Uint8Array {
    const digest = Buffer.allocUnsafe(DIGEST_OCTETS);
    digest.write(hash('sha256', this.#behindOrigin(request), 'binary'), 0, DIGEST_OCTETS, 'binary');
    return digest;
  }

  #behindOrigin(request: Uint8Array): Uint8Array {
    if (request.length > REQUEST_OCTETS) return Buffer.concat([this.#octets.subarray(0, this.#originLength), request]);
    this.#octets.set(request, this.#originLength);
    return this.#octets.subarray(0, this.#originLength + request.length);
  }
}
