import type { OcspResponseStatus } from '@kakunin/ocsp';
import type { CallerRefusal } from '@kakunin/relying-parties';

/**
 * Why a request gets no signed answer. The code goes to the caller (header `kakunin-error`) and to the metric; it says
 * nothing about a certificate. docs/reference/ocsp.md explains each.
 */
export type RefusalCode =
  | CallerRefusal
  | 'caller_not_permitted'
  | 'service_provider_unknown'
  | 'rate_limited'
  | 'too_many_connections'
  | 'malformed_request'
  | 'request_signature_missing'
  | 'request_signature_invalid'
  | 'request_signer_unknown'
  | 'issuer_unknown'
  | 'issuers_differ'
  | 'status_data_stale'
  | 'authority_blocked'
  | 'overloaded'
  | 'signer_unavailable'
  | 'journal_unavailable'
  | 'digest_key_missing'
  | 'internal_error';

/** The protocol's word for each (RFC 6960, 2.3); `unauthorized` also means "not an authority of mine" (RFC 9919, 3.2.3). */
export const STATUS_OF_REFUSAL: Readonly<Record<RefusalCode, Exclude<OcspResponseStatus, 'successful'>>> = {
  not_ready: 'tryLater',
  client_certificate_missing: 'unauthorized',
  client_certificate_unknown: 'unauthorized',
  client_certificate_expired: 'unauthorized',
  client_certificate_revoked: 'unauthorized',
  caller_not_permitted: 'unauthorized',
  service_provider_unknown: 'unauthorized',
  rate_limited: 'tryLater',
  too_many_connections: 'tryLater',
  malformed_request: 'malformedRequest',
  request_signature_missing: 'sigRequired',
  request_signature_invalid: 'unauthorized',
  request_signer_unknown: 'unauthorized',
  issuer_unknown: 'unauthorized',
  issuers_differ: 'unauthorized',
  status_data_stale: 'tryLater',
  authority_blocked: 'tryLater',
  overloaded: 'tryLater',
  signer_unavailable: 'tryLater',
  journal_unavailable: 'tryLater',
  digest_key_missing: 'tryLater',
  internal_error: 'internalError',
};

export const REFUSAL_CODES = Object.keys(STATUS_OF_REFUSAL) as readonly RefusalCode[];
