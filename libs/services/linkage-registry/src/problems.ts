import type { CertificatesErrorCode } from '@kakunin/certificates';
import type { LinkageErrorCode } from '@kakunin/linkage';
import type { PersonsErrorCode } from '@kakunin/persons';
import type { ProblemMapping } from '@kakunin/runtime';
import type { SectorsErrorCode } from '@kakunin/sectors';
import type { X509ErrorCode } from '@kakunin/x509';
import { IMPORT_REFUSALS } from './imports/import-refusals.ts';
import { NEWS_REFUSALS, type NewsRefusal } from './news/news-refusals.ts';
import type { RegistryErrorCode } from './registry-error.ts';
import { ALLOTMENT_REFUSALS, SERIAL_NUMBER_REFUSALS } from './serial-numbers/serial-number-refusals.ts';

type Code =
  | CertificatesErrorCode
  | Exclude<LinkageErrorCode, 'key_invalid' | 'evidence_invalid'>
  | Exclude<PersonsErrorCode, 'not_later'>
  | NewsRefusal
  | RegistryErrorCode
  | Exclude<SectorsErrorCode, 'map_invalid'>
  | 'malformed_crl'
  | keyof typeof ALLOTMENT_REFUSALS
  | Extract<X509ErrorCode, 'malformed_certificate' | 'malformed_pem'>;

/** What each refusal of the registry is over HTTP. */
export const PROBLEMS: Readonly<Record<Code, ProblemMapping>> = {
  authority_unknown: { status: 404, title: 'No such authority' },
  authority_differs: { status: 409, title: 'The authority is registered otherwise' },
  certificate_unknown: { status: 404, title: 'No such certificate' },
  certificate_differs: { status: 409, title: 'The certificate is registered otherwise' },
  partition_missing: { status: 400, title: 'The partition is missing' },
  finally_revoked: { status: 409, title: 'Revoked for good' },
  revocation_in_future: { status: 400, title: 'Revoked in the future' },
  predecessor_unknown: { status: 409, title: 'The predecessor is not registered' },
  succession_circular: { status: 409, title: 'A certificate would succeed itself' },
  import_header_invalid: { status: 400, title: 'The list cannot be read' },
  person_differs: { status: 409, title: 'Another person' },
  person_unknown: { status: 404, title: 'No such person' },
  record_differs: { status: 409, title: 'Something else was asked under this id' },
  record_unknown: { status: 404, title: 'No such merge or split' },
  record_contradicts: { status: 409, title: 'It contradicts what is recorded' },
  rotation_invalid: { status: 409, title: 'The key cannot be rotated so' },
  consent_invalid: { status: 409, title: 'Not a consent to this' },
  sectors_equal: { status: 400, title: 'One sector only' },
  sector_unknown: { status: 404, title: 'No such sector' },
  sector_in_use: { status: 409, title: 'The sector is in use' },
  consent_key_invalid: { status: 400, title: 'Not a key to consent with' },
  proposal_unknown: { status: 404, title: 'No such proposal' },
  proposal_differs: { status: 409, title: 'Something else was proposed' },
  translation_unusable: { status: 409, title: 'The token cannot be used' },
  map_missing: { status: 404, title: 'No map' },
  map_under_way: { status: 409, title: 'A map is being made' },
  effective_in_future: { status: 400, title: 'Effective in the future' },
  challenge_unusable: { status: 409, title: 'The challenge cannot be used' },
  calls_exhausted: { status: 429, title: 'Asked too often' },
  persons_exhausted: { status: 429, title: 'Asked about too many persons' },
  caller_blocked: { status: 403, title: 'The caller is blocked' },
  block_unknown: { status: 404, title: 'Not blocked' },
  not_identifiable: { status: 404, title: 'Nobody to name' },
  malformed_certificate: { status: 400, title: 'Not a certificate' },
  malformed_pem: { status: 400, title: 'Not a certificate' },
  relying_party_unknown: { status: 404, title: 'No such relying party' },
  relying_party_differs: { status: 409, title: 'The relying party is registered otherwise' },
  credential_taken: { status: 409, title: 'The client certificate is taken' },
  credential_unknown: { status: 404, title: 'No such credential' },
  topic_unknown: { status: 404, title: 'No such topic' },
  keys_not_loaded: { status: 503, title: 'The registry has no keys yet' },
  data_key_in_use: { status: 409, title: 'The data key is in use' },
  data_key_unknown: { status: 503, title: 'The registry reads its keys anew' },
  ...NEWS_REFUSALS,
  ...IMPORT_REFUSALS,
  ...SERIAL_NUMBER_REFUSALS,
  ...ALLOTMENT_REFUSALS,
  malformed_crl: { status: 400, title: 'Not a CRL' },
  root_key_differs: { status: 503, title: 'The registry has the wrong root key' },
};
