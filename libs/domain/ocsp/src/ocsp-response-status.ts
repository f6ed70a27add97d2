import { encodeDer, enumerated, sequence } from '@kakunin/der';

/** OCSPResponseStatus (RFC 6960, 4.2.1); 4 is not used. */
export const OCSP_RESPONSE_STATUS = {
  successful: 0,
  malformedRequest: 1,
  internalError: 2,
  tryLater: 3,
  sigRequired: 5,
  unauthorized: 6,
} as const;
/** An outcome by name. */
export type OcspResponseStatus = keyof typeof OCSP_RESPONSE_STATUS;
/** An outcome without an answer. */
export type OcspRefusal = Exclude<OcspResponseStatus, 'successful'>;

const refusal = (status: OcspRefusal): Uint8Array => encodeDer(sequence(enumerated(OCSP_RESPONSE_STATUS[status])));

/** DER of the OCSPResponse for each outcome without an answer: five octets, not signed. */
export const OCSP_REFUSALS: Readonly<Record<OcspRefusal, Uint8Array>> = {
  malformedRequest: refusal('malformedRequest'),
  internalError: refusal('internalError'),
  tryLater: refusal('tryLater'),
  sigRequired: refusal('sigRequired'),
  unauthorized: refusal('unauthorized'),
};

/** undefined for a number that RFC 6960 does not define. */
export const ocspResponseStatusOf = (code: number): OcspResponseStatus | undefined =>
  (Object.keys(OCSP_RESPONSE_STATUS) as OcspResponseStatus[]).find((status) => OCSP_RESPONSE_STATUS[status] === code);
