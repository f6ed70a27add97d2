/**
 * - `not_ready`: the status data is still being read, so nothing is unknown yet.
 * - `authority_unknown`: no authority of this name, or none here issued the certificate.
 * - `certificate_of_another_authority`: it was not issued by the authority that was named.
 * - `certificate_unknown`: the authority has not reported that it issued it.
 * - `certificate_not_valid_then`: the moment lies outside its validity; a CRL says nothing of it then.
 * - `moment_in_future`: nothing is known of it yet.
 * - `no_crl_then`: no CRL had been published, or archived, by then.
 * - `crl_lapsed_then`: the newest CRL had lapsed, so that nothing could be relied upon.
 * - `signer_unavailable`: the authority's key is not here, or its certificate has ended.
 * - `timestamp_unavailable`: the time-stamping authority does not answer.
 */
export type EvidenceRefusalCode =
  | 'not_ready'
  | 'authority_unknown'
  | 'certificate_of_another_authority'
  | 'certificate_unknown'
  | 'certificate_not_valid_then'
  | 'moment_in_future'
  | 'no_crl_then'
  | 'crl_lapsed_then'
  | 'signer_unavailable'
  | 'timestamp_unavailable';

const MESSAGES: Record<EvidenceRefusalCode, string> = {
  not_ready: 'The service has just started and still reads the status data: ask again in a second.',
  authority_unknown: 'No authority here is called so, or issued this certificate.',
  certificate_of_another_authority: 'The authority that was named did not issue this certificate.',
  certificate_unknown: 'The authority has not reported that it issued this certificate.',
  certificate_not_valid_then: 'The certificate was not valid at that moment: ask about one within its validity.',
  moment_in_future: 'That moment has not come yet.',
  no_crl_then: 'No CRL had been published by then, or it is from before the archive began.',
  crl_lapsed_then: 'The newest CRL had lapsed by then (nextUpdate): no status could be relied upon.',
  signer_unavailable: "The authority's key is not here, or its certificate has ended: no OCSP answer can be signed.",
  timestamp_unavailable: 'The time-stamping authority does not answer; ask again later.',
};

/** Why there is no evidence. */
export class EvidenceRefusal extends Error {
  readonly code: EvidenceRefusalCode;

  constructor(code: EvidenceRefusalCode, options?: ErrorOptions) {
    super(MESSAGES[code], options);
    this.name = 'EvidenceRefusal';
    this.code = code;
  }
}
