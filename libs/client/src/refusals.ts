import type { AnswerRefusal } from '@kakunin/ocsp';
import {
  type ExchangedMessages,
  OcspClientError,
  type OcspClientErrorCode,
  type OcspRefusalStatus,
} from './ocsp-client-error.ts';

/** Why an answer must not be relied upon: `verifyOcspResponse`'s reasons, and that it proves another certificate. */
export type Distrust = AnswerRefusal | 'certificate_hash_differs';

const DISTRUST: Readonly<Record<Distrust, readonly [OcspClientErrorCode, string]>> = {
  not_yet_valid: ['responder_unauthorized', "the responder's certificate is not valid yet, check the clock"],
  expired: ['responder_unauthorized', "the responder's certificate has expired, tell its operator"],
  not_issued_by_authority: ['responder_unauthorized', "the authority did not issue the responder's certificate"],
  no_ocsp_signing: ['responder_unauthorized', "the responder's certificate is not for signing OCSP answers"],
  key_usage: ['responder_unauthorized', "the responder's certificate is not for signatures"],
  responder_unknown: ['responder_unauthorized', 'the certificate of the responder that it names is not in it'],
  no_nocheck: [
    'responder_unauthorized',
    "the responder's certificate has no id-pkix-ocsp-nocheck; see the option `responderWithoutNoCheck`",
  ],
  wrong_signature: ['signature_invalid', 'its signature is wrong, it was changed on its way'],
  nonce_missing: ['nonce_missing', 'it does not repeat the nonce of the request, so it may be an old one'],
  nonce_differs: ['nonce_mismatch', 'it repeats the nonce of another request, so it is the answer to that one'],
  critical_extension: [
    'critical_extension',
    'it has a critical extension that is not known here, look for a newer client',
  ],
  other_certificate: ['certificate_not_answered', 'it is about another certificate'],
  certificate_hash_differs: [
    'certificate_not_answered',
    'the authority issued another certificate with this serial number, so this one may be forged',
  ],
  from_the_future: ['response_not_yet_valid', 'its thisUpdate is yet to come, check the clock'],
  out_of_date: ['response_stale', 'it is too old, or its nextUpdate has passed; check the clock, or tell its operator'],
};

/** An answer that must not be relied upon. */
export function unreliable(reason: Distrust, messages: ExchangedMessages): OcspClientError {
  const [code, why] = DISTRUST[reason];
  const message = `The answer cannot be relied upon: ${why} (${reason}).`;
  return new OcspClientError(code, message, { sent: true, reason, messages });
}

const ADVICE: Readonly<Record<OcspRefusalStatus, string>> = {
  tryLater: 'It cannot answer now; try again in a while.',
  internalError: 'It failed; tell its operator.',
  malformedRequest: 'It does not understand the request; check that it is an OCSP responder of this authority.',
  sigRequired: 'It wants signed requests, which this client does not make.',
  unauthorized: 'It does not answer this caller, or not about this authority.',
};

/** An OCSPResponse without an answer. */
export function refused(
  ocspStatus: OcspRefusalStatus,
  kakuninError: string | undefined,
  messages: ExchangedMessages,
): OcspClientError {
  const [label, advice] = kakuninError
    ? [`${ocspStatus}, ${kakuninError}`, `What to do: docs/reference/ocsp.md, "Refusals", ${kakuninError}.`]
    : [ocspStatus, ADVICE[ocspStatus]];
  const details = { sent: true, ocspStatus, kakuninError, messages };
  return new OcspClientError('refused', `The responder refuses (${label}). ${advice}`, details);
}
