import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';
import { certIdOf, encodeOcspRequest, parseOcspResponse, verifyOcspResponse } from '@kakunin/ocsp';
import { certificateDer, parseCertificate } from '@kakunin/x509';

const PATIENCE_MS = 60_000;
const PAUSE_MS = 50;

type Status = 'good' | 'revoked' | 'unknown';

/** What makes an answer fresh: a clock (epoch ms), and how old its status data may be (ms). */
export interface Freshness {
  readonly now: () => number;
  readonly maximumAge: number;
}

/** A platform provider's client as it should be: what was not answered is asked again, the same request to the octet. */
export class RetryingChecker {
  readonly #authority;
  readonly #freshness: Freshness;
  /** Where to ask; it changes when the responder comes back elsewhere. */
  url: string;

  constructor(
    url: string,
    authorityFile: string,
    freshness: Freshness = { now: () => Date.now(), maximumAge: 60_000 },
  ) {
    this.url = url;
    this.#freshness = freshness;
    this.#authority = parseCertificate(certificateDer(readFileSync(authorityFile)));
  }

  /** @returns the verified status @throws when none came within a minute */
  async check(serialNumber: string): Promise<Status> {
    const status = await this.checkWithin(serialNumber, PATIENCE_MS);
    if (status === undefined) throw new Error(`No answer within ${PATIENCE_MS} ms.`);
    return status;
  }

  /** The same; undefined when none came in this time (ms; 0 asks once), or only answers to try later. */
  async checkWithin(serialNumber: string, patience: number): Promise<Status | undefined> {
    const ask = this.#asking(serialNumber);
    for (const deadline = Date.now() + patience; ; await sleep(PAUSE_MS)) {
      const status = await ask();
      if (status !== undefined || Date.now() + PAUSE_MS > deadline) return status;
    }
  }

  #asking(serialNumber: string): () => Promise<Status | undefined> {
    const certId = certIdOf(this.#authority, serialNumber, 'sha1');
    const nonce = randomBytes(32);
    const request = encodeOcspRequest({ certIds: [certId], nonce });
    return async () => {
      const response = parseOcspResponse((await this.#post(request)) ?? new Uint8Array());
      if (response.status !== 'successful') return undefined;
      const { maximumAge } = this.#freshness;
      const facts = { certIds: [certId], nonce, authority: this.#authority, now: this.#freshness.now() };
      const verified = verifyOcspResponse(response.basic, { ...facts, clockSkew: 5_000, maximumAge });
      if (!verified.ok) throw new Error(`The answer was refused: ${verified.refusal}`);
      return verified.responses[0]!.certStatus.status;
    };
  }

  /** @returns undefined when nothing came back */
  async #post(body: Uint8Array): Promise<Uint8Array | undefined> {
    try {
      const headers = { 'content-type': 'application/ocsp-request' };
      const response = await fetch(this.url, { method: 'POST', headers, body: Buffer.from(body) });
      return new Uint8Array(await response.arrayBuffer());
    } catch {
      return undefined;
    }
  }
}
