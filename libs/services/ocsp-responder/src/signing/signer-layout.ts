import { assembleOcspResponse, encodeResponseData, ResponseTemplates } from '@kakunin/ocsp';
import type { OrdinaryAnswer, ResponseData, ResponseTemplate } from '@kakunin/ocsp';
import type { ResponseHead } from '@kakunin/http-fast-path';
import { maxSignatureLength } from '@kakunin/x509';
import type { ResponderSigner } from './responder-signer.ts';

/** A whole HTTP response with an OCSPResponse in it. */
export interface SignedOctets {
  readonly response: Buffer;
  /** Where the DER begins. */
  readonly bodyStart: number;
}

/** An answer that is laid out and waits for its signature. */
export interface UnsignedOctets {
  readonly tbs: Uint8Array;
  finish(signature: Uint8Array): SignedOctets;
}

/** Lays the answers of one signer out, each in octets of its own. */
export class SignerLayout {
  readonly #signer: ResponderSigner;
  readonly #head: ResponseHead;
  readonly #templates: ResponseTemplates;

  constructor(signer: ResponderSigner, head: ResponseHead) {
    const { key, certificate, responderId } = signer;
    this.#signer = signer;
    this.#head = head;
    this.#templates = new ResponseTemplates({
      responderId,
      algorithm: key.algorithm,
      maxSignatureLength: maxSignatureLength(key.publicKey),
      certificates: [certificate.der],
    });
  }

  /** The answer to a request of the ordinary shape; `answer` is not kept. */
  ordinary(answer: OrdinaryAnswer): UnsignedOctets {
    return new OrdinaryLayout(this.#templates.of(answer), this.#head, answer);
  }

  /** Any other answer. */
  general(data: Omit<ResponseData, 'responderId'>): UnsignedOctets {
    const { key, certificate, responderId } = this.#signer;
    const tbs = encodeResponseData({ ...data, responderId });
    const finish = (signature: Uint8Array): SignedOctets => {
      const certificates = [certificate.der];
      const body = assembleOcspResponse({ tbs, algorithm: key.algorithm, signature, certificates });
      return { response: this.#head.respond(body), bodyStart: this.#head.lengthFor(body.length) };
    };
    return { tbs, finish };
  }
}

/** The DER is written where the head of the longest response ends; the head goes before it once the length is known. */
class OrdinaryLayout implements UnsignedOctets {
  readonly tbs: Uint8Array;
  readonly #template: ResponseTemplate;
  readonly #head: ResponseHead;
  readonly #octets: Buffer;
  readonly #bodyAt: number;

  constructor(template: ResponseTemplate, head: ResponseHead, answer: OrdinaryAnswer) {
    this.#template = template;
    this.#head = head;
    this.#bodyAt = head.lengthFor(template.maxLength);
    this.#octets = Buffer.allocUnsafe(this.#bodyAt + template.maxLength);
    template.write(this.#octets, this.#bodyAt, answer);
    this.tbs = template.tbs(this.#octets, this.#bodyAt);
  }

  finish(signature: Uint8Array): SignedOctets {
    const length = this.#template.finish(this.#octets, this.#bodyAt, signature);
    const bodyStart = this.#head.lengthFor(length);
    const start = this.#bodyAt - bodyStart;
    this.#head.write(this.#octets, start, length);
    return { response: this.#octets.subarray(start, this.#bodyAt + length), bodyStart };
  }
}
