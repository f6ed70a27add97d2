import type { SignatureAlgorithm } from '@kakunin/x509';
import { assembleOcspResponse } from './ocsp-response.ts';
import type { ResponderId } from './response-data.ts';

/** What all answers of one signer have in common. */
export interface ResponseSigner {
  readonly responderId: ResponderId;
  readonly algorithm: SignatureAlgorithm;
  /** Most octets of a signature. */
  readonly maxSignatureLength: number;
  /** DER; empty when the authority signs itself. */
  readonly certificates: readonly Uint8Array[];
}

/** The octets of a message around its ResponseData and its signature. */
export interface MessageFrame {
  readonly beforeData: Uint8Array;
  readonly beforeSignature: Uint8Array;
  readonly afterSignature: Uint8Array;
}

/** Messages of one signer differ around ResponseData and signature only in lengths: each frame is made once. */
export class MessageFrames {
  readonly #signer: ResponseSigner;
  /** By both lengths; no longer than what one request of the ordinary shape can bring about. */
  readonly #frames = new Map<number, MessageFrame>();
  #afterSignature: Uint8Array | undefined;

  constructor(signer: ResponseSigner) {
    this.#signer = signer;
  }

  /** Octets of the longest signature. */
  get maxSignatureLength(): number {
    return this.#signer.maxSignatureLength;
  }

  /** The frame around ResponseData and a signature of these lengths. */
  of(dataLength: number, signatureLength: number): MessageFrame {
    const key = dataLength * 0x1000 + signatureLength;
    let frame = this.#frames.get(key);
    if (!frame) this.#frames.set(key, (frame = this.#make(dataLength, signatureLength)));
    return frame;
  }

  #make(dataLength: number, signatureLength: number): MessageFrame {
    const assemble = (data: number, signature: number) =>
      assembleOcspResponse({
        ...this.#signer,
        tbs: new Uint8Array(dataLength).fill(data),
        signature: new Uint8Array(signatureLength).fill(signature),
      });
    const message = assemble(0, 0);
    const data = firstDifference(message, assemble(1, 0));
    const signature = firstDifference(message, assemble(0, 1));
    return {
      beforeData: message.slice(0, data),
      beforeSignature: message.slice(data + dataLength, signature),
      afterSignature: (this.#afterSignature ??= message.slice(signature + signatureLength)),
    };
  }
}

/** Where two encodings of the same length part; -1 when they do not. */
export function firstDifference(a: Uint8Array, b: Uint8Array): number {
  return a.findIndex((octet, index) => octet !== b[index]);
}
