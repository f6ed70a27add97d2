import type { Wrong } from './plan.ts';
import { type OcspAnswer, readOcspResponse } from './read-ocsp-response.ts';
import { NONCE_OCTETS, type RequestTemplate } from './request-template.ts';

/** What was asked, and what is right. */
export interface Expected {
  readonly request: Uint8Array;
  readonly revoked: boolean;
}

/** `right`, what is wrong with it, or the OCSPResponseStatus of an answer that says nothing about a certificate. */
export type Judgement = 'right' | Wrong | { readonly refused: string };

/** Where an answer has what is looked at. */
interface Places {
  readonly status: number;
  readonly nonce?: number;
}

const [RESPONSE_STATUS, SUCCESSFUL] = [0x0a, 0];
/** Of a CertStatus: its context tag, `revoked` being constructed. */
const [GOOD, REVOKED] = [0x80, 0xa1];

/**
 * Judges answers to requests of one template. All that say the same of a certificate of one authority are laid out alike, so
 * an answer is read whole only where it is not what the last one of its kind lets expect: k6 takes a millisecond for that.
 */
export class AnswerJudge {
  readonly #template: RequestTemplate;
  readonly #places = new Map<boolean, Places>();

  constructor(template: RequestTemplate) {
    this.#template = template;
  }

  judge(answer: Uint8Array, expected: Expected): Judgement {
    const places = this.#places.get(expected.revoked);
    if (places && isSuccessful(answer) && this.#wrongAt(places, answer, expected) === undefined) return 'right';
    const read = readOcspResponse(answer);
    if (!read) return 'unreadable';
    if (read.responseStatus !== 'successful') return { refused: read.responseStatus };
    const found = placesOf(answer, read);
    const wrong = this.#wrongAt(found, answer, expected);
    if (wrong) return wrong;
    this.#places.set(expected.revoked, found);
    return 'right';
  }

  #wrongAt({ status, nonce }: Places, answer: Uint8Array, { request, revoked }: Expected): Wrong | undefined {
    const { serialOffset, serialLength, nonceOffset } = this.#template;
    // A CertID ends with the serial number, and CertStatus comes next (RFC 6960, 4.2.1).
    const serial = { at: status - serialLength, length: serialLength };
    if (!isSame(answer, request, { ...serial, asked: serialOffset })) return 'certificate';
    if (answer[status] !== (revoked ? REVOKED : GOOD)) return 'status';
    if (nonceOffset === undefined) return undefined;
    if (nonce === undefined) return 'nonce';
    return isSame(answer, request, { at: nonce, asked: nonceOffset, length: NONCE_OCTETS }) ? undefined : 'nonce';
  }
}

/** A SEQUENCE of two octets of length, and responseStatus: so begins every answer that is not an error. */
const isSuccessful = (answer: Uint8Array): boolean =>
  answer[1] === 0x82 && answer[4] === RESPONSE_STATUS && answer[6] === SUCCESSFUL;

const placesOf = (answer: Uint8Array, { statusAt = 0, nonce }: OcspAnswer): Places => ({
  status: statusAt,
  ...(nonce?.length === NONCE_OCTETS && { nonce: nonce.byteOffset - answer.byteOffset }),
});

interface Range {
  /** In the answer, and in the request. */
  readonly at: number;
  readonly asked: number;
  readonly length: number;
}

function isSame(answer: Uint8Array, request: Uint8Array, { at, asked, length }: Range): boolean {
  for (let index = 0; index < length; index += 1) if (answer[at + index] !== request[asked + index]) return false;
  return true;
}
