import { createHash, randomBytes } from 'node:crypto';
import { checkTimestampResponse, encodeTimestampQuery } from '@kakunin/evidence';
import { EvidenceRefusal } from './evidence-refusal.ts';

/** Milliseconds. */
const TIME_LIMIT = 10_000;
const NONCE_OCTETS = 8;
/** A token with its certificates has a few kilobytes. */
const MAX_RESPONSE = 256 * 1024;

/** Asks a time-stamping authority over HTTP (RFC 3161, 3.4). */
export class TimeStamper {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /**
   * @param content what is stamped; only its SHA-256 leaves the house
   * @returns DER of the TimeStampResp
   * @throws EvidenceRefusal `timestamp_unavailable`; EvidenceError `timestamp_refused`
   */
  async stamp(content: Uint8Array): Promise<Uint8Array> {
    return this.stampHash(createHash('sha256').update(content).digest());
  }

  async stampHash(sha256: Uint8Array): Promise<Uint8Array> {
    // The first bit 0 keeps the number positive, the second 1 keeps its length.
    const nonce = (BigInt(`0x${randomBytes(NONCE_OCTETS).toString('hex')}`) >> 2n) | (1n << 61n);
    const query = { sha256, nonce };
    const response = await this.#ask(encodeTimestampQuery(query));
    checkTimestampResponse(response, query);
    return response;
  }

  async #ask(body: Uint8Array): Promise<Uint8Array> {
    try {
      const answer = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/timestamp-query' },
        body: Uint8Array.from(body),
        signal: AbortSignal.timeout(TIME_LIMIT),
      });
      const response = new Uint8Array(await answer.arrayBuffer());
      if (answer.ok && response.length <= MAX_RESPONSE) return response;
    } catch (cause) {
      throw new EvidenceRefusal('timestamp_unavailable', { cause });
    }
    throw new EvidenceRefusal('timestamp_unavailable');
  }
}
