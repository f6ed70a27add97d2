/**
 * What went wrong, for programs. Nothing was relied upon in any of these cases.
 *
 * The caller's side:
 * - `invalid_input`: an option or a certificate that cannot be used; nothing was sent.
 * - `issuer_differs`: the issuer did not sign the certificate; nothing was sent.
 * - `aborted`: the caller's `signal`.
 *
 * On the way:
 * - `unreachable`: no connection, or it broke.
 * - `tls_failed`: no trust in the server's certificate, or the handshake broke off.
 * - `timed_out`: no answer within the time limits.
 * - `http_error`: an HTTP status other than 200, in {@link OcspClientError.httpStatus}.
 *
 * The responder's word:
 * - `refused`: an OCSPResponse without an answer; {@link OcspClientError.ocspStatus}, {@link OcspClientError.kakuninError}.
 *
 * An answer that must not be relied upon:
 * - `malformed_response`: no OCSP response, or one that is cut off or too long.
 * - `responder_unauthorized`: the authority did not allow this responder to answer.
 * - `signature_invalid`: it is not what the responder signed.
 * - `nonce_missing`, `nonce_mismatch`: it is not the answer to this request.
 * - `certificate_not_answered`: it is about another certificate.
 * - `response_stale`, `response_not_yet_valid`: it is too old, or from the future.
 * - `critical_extension`: it says something that this client must understand and does not.
 *
 * The fall-back:
 * - `crl_unusable`: the responder could not be reached, and no CRL could take its place.
 */
export type OcspClientErrorCode =
  | 'invalid_input'
  | 'issuer_differs'
  | 'aborted'
  | 'unreachable'
  | 'tls_failed'
  | 'timed_out'
  | 'http_error'
  | 'refused'
  | 'malformed_response'
  | 'responder_unauthorized'
  | 'signature_invalid'
  | 'nonce_missing'
  | 'nonce_mismatch'
  | 'certificate_not_answered'
  | 'response_stale'
  | 'response_not_yet_valid'
  | 'critical_extension'
  | 'crl_unusable';

/** OCSPResponseStatus of an answer that is none (RFC 6960, 4.2.1). */
export type OcspRefusalStatus = 'malformedRequest' | 'internalError' | 'tryLater' | 'sigRequired' | 'unauthorized';

/** What was sent and what came back, DER; for the file of a dispute, not for a log: it holds a serial number. */
export interface ExchangedMessages {
  readonly request: Uint8Array;
  readonly response: Uint8Array;
}

/** Details of an {@link OcspClientError}. */
export interface OcspClientErrorDetails {
  readonly sent?: boolean;
  readonly reason?: string;
  readonly ocspStatus?: OcspRefusalStatus;
  readonly kakuninError?: string | undefined;
  readonly httpStatus?: number;
  readonly messages?: ExchangedMessages | undefined;
  readonly cause?: unknown;
}

/** A check without a result. The message says what to do, and holds no serial number and no certificate. */
export class OcspClientError extends Error {
  override readonly name = 'OcspClientError';
  readonly code: OcspClientErrorCode;
  /** Whether a connection stood, so that the responder may have got the request. `false`: nobody can have charged for it. */
  readonly sent: boolean;
  /** More exactly than the code: such as `expired`, `no_ocsp_signing`, `ECONNREFUSED`. */
  readonly reason: string | undefined;
  /** With `refused`. */
  readonly ocspStatus: OcspRefusalStatus | undefined;
  /** With `refused`: the responder's `kakunin-error`, which says what to do; see docs/reference/ocsp.md, "Refusals". */
  readonly kakuninError: string | undefined;
  /** With `http_error`. */
  readonly httpStatus: number | undefined;
  readonly #messages: ExchangedMessages | undefined;

  /** Made by the client only. */
  constructor(code: OcspClientErrorCode, message: string, details: OcspClientErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.sent = details.sent ?? false;
    this.reason = details.reason;
    this.ocspStatus = details.ocspStatus;
    this.kakuninError = details.kakuninError;
    this.httpStatus = details.httpStatus;
    this.#messages = details.messages;
  }

  /** What was exchanged, when an answer came. Not an own property, so that loggers that print errors whole leave it out. */
  get messages(): ExchangedMessages | undefined {
    return this.#messages;
  }
}
