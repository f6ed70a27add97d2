import { equalOctets } from '@kakunin/der';
import {
  type Certificate,
  checkResponderCertificate,
  digest,
  parseCertificate,
  type ResponderRefusal,
  verifySignature,
  X509Error,
} from '@kakunin/x509';
import { type CertId, sameCertId } from './cert-id.ts';
import type { BasicOcspResponse } from './ocsp-response.ts';
import type { ResponderId } from './response-data.ts';
import type { SingleResponse } from './single-response.ts';

/** What was asked, of whom, and how old an answer may be. */
export interface ExpectedAnswer {
  /** What was asked about: each must be answered. */
  readonly certIds: readonly CertId[];
  /** What was sent; undefined: none was, and none is looked for. */
  readonly nonce?: Uint8Array | undefined;
  /** The authority that issued the certificates. */
  readonly authority: Certificate;
  /** Epoch ms. */
  readonly now: number;
  /** How far clocks may differ, ms. */
  readonly clockSkew: number;
  /** How old an answer without nextUpdate may be, ms. */
  readonly maximumAge: number;
}

/** Why an answer must not be relied upon. */
export type AnswerRefusal =
  | ResponderRefusal
  | 'responder_unknown'
  | 'wrong_signature'
  | 'nonce_missing'
  | 'nonce_differs'
  | 'other_certificate'
  | 'from_the_future'
  | 'out_of_date';

/** What `verifyOcspResponse` finds. */
export type VerifiedAnswer =
  | { readonly ok: true; readonly responses: readonly SingleResponse[]; readonly responder: Certificate }
  | { readonly ok: false; readonly refusal: AnswerRefusal };

const refuse = (refusal: AnswerRefusal): VerifiedAnswer => ({ ok: false, refusal });

/**
 * Whether an answer may be relied upon (RFC 6960, 3.2): about what was asked, to this request, signed by a responder
 * that the authority allows, and fresh.
 * @returns in `responses`, one for each CertId that was asked about, in the same order
 */
export function verifyOcspResponse(basic: BasicOcspResponse, expected: ExpectedAnswer): VerifiedAnswer {
  const responder = responderOf(basic, expected.authority);
  if (!responder) return refuse('responder_unknown');
  const allowed = checkResponderCertificate({
    certificate: responder,
    authority: expected.authority,
    now: expected.now,
  });
  if (!allowed.ok) return refuse(allowed.refusal);
  const { signatureAlgorithm, signature, tbs } = basic;
  if (!verifySignature({ signatureAlgorithm, signature, data: tbs, publicKey: responder.publicKey }))
    return refuse('wrong_signature');
  if (expected.nonce && !basic.nonce) return refuse('nonce_missing');
  if (expected.nonce && basic.nonce && !equalOctets(expected.nonce, basic.nonce)) return refuse('nonce_differs');
  return verifyResponses(basic.responses, responder, expected);
}

function verifyResponses(
  given: readonly SingleResponse[],
  responder: Certificate,
  { certIds, now, clockSkew, maximumAge }: ExpectedAnswer,
): VerifiedAnswer {
  const responses: SingleResponse[] = [];
  for (const certId of certIds) {
    const response = given.find((each) => sameCertId(each.certId, certId));
    if (!response) return refuse('other_certificate');
    if (response.thisUpdate > now + clockSkew) return refuse('from_the_future');
    if ((response.nextUpdate ?? response.thisUpdate + maximumAge) < now - clockSkew) return refuse('out_of_date');
    responses.push(response);
  }
  return { ok: true, responses, responder };
}

/** The certificate that the ResponderID names: the authority's own, or one that came along. */
function responderOf(basic: BasicOcspResponse, authority: Certificate): Certificate | undefined {
  const isNamed = (certificate: Certificate): boolean => isResponder(certificate, basic.responderId);
  return isNamed(authority) ? authority : basic.certificates.map(readable).find((each) => each && isNamed(each));
}

const isResponder = (certificate: Certificate, id: ResponderId): boolean =>
  'byKey' in id
    ? equalOctets(id.byKey, digest('sha1', certificate.publicKeyBits))
    : equalOctets(id.byName, certificate.subject);

function readable(der: Uint8Array): Certificate | undefined {
  try {
    return parseCertificate(der);
  } catch (error) {
    if (error instanceof X509Error) return undefined;
    throw error;
  }
}
