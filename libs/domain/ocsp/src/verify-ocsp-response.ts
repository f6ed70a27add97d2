import { equalOctets } from '@kakunin/der';
import {
  type Certificate,
  checkResponderCertificate,
  digest,
  type Extension,
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
  /** Whether a delegated responder's certificate must hold id-pkix-ocsp-nocheck. Left out: false. */
  readonly requireNoCheck?: boolean;
}

/** Why an answer must not be relied upon. */
export type AnswerRefusal =
  | ResponderRefusal
  | 'responder_unknown'
  | 'wrong_signature'
  | 'nonce_missing'
  | 'nonce_differs'
  | 'critical_extension'
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
  const { authority, nonce } = expected;
  const responders = [authority, ...basic.certificates.flatMap(readable)].filter((each) =>
    isNamed(each, basic.responderId),
  );
  const refusals = responders.map((responder) => signerRefusal(basic, responder, expected));
  const responder = responders[refusals.indexOf(undefined)];
  if (!responder) return refuse(refusals.at(-1) ?? 'responder_unknown');
  if (hasCritical(basic.extensions)) return refuse('critical_extension');
  if (nonce && !basic.nonce) return refuse('nonce_missing');
  if (nonce && basic.nonce && !equalOctets(nonce, basic.nonce)) return refuse('nonce_differs');
  return verifyResponses(basic.responses, responder, expected);
}

/** Several certificates may have the name in the ResponderID, and only one the key. */
const isNamed = (certificate: Certificate, id: ResponderId): boolean =>
  'byKey' in id
    ? equalOctets(id.byKey, digest('sha1', certificate.publicKeyBits))
    : equalOctets(id.byName, certificate.subject);

function signerRefusal(
  { signatureAlgorithm, signature, tbs }: BasicOcspResponse,
  responder: Certificate,
  { authority, now, clockSkew, requireNoCheck = false }: ExpectedAnswer,
): AnswerRefusal | undefined {
  const moment = now < responder.notBefore ? now + clockSkew : now > responder.notAfter ? now - clockSkew : now;
  const allowed = checkResponderCertificate({ certificate: responder, authority, now: moment, requireNoCheck });
  if (!allowed.ok) return allowed.refusal;
  const { publicKey } = responder;
  return verifySignature({ signatureAlgorithm, signature, data: tbs, publicKey }) ? undefined : 'wrong_signature';
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
    if (hasCritical(response.extensions)) return refuse('critical_extension');
    if (response.thisUpdate > now + clockSkew) return refuse('from_the_future');
    if ((response.nextUpdate ?? response.thisUpdate + maximumAge) < now - clockSkew) return refuse('out_of_date');
    responses.push(response);
  }
  return { ok: true, responses, responder };
}

/** RFC 6960, 4.4: what is critical must be understood, and here nothing beside the nonce is. */
const hasCritical = (extensions: readonly Extension[] = []): boolean => extensions.some(({ critical }) => critical);

function readable(der: Uint8Array): readonly Certificate[] {
  try {
    return [parseCertificate(der)];
  } catch (error) {
    if (error instanceof X509Error) return [];
    throw error;
  }
}
