/** `signer_failed`: the key or its device did not sign; all others: the input is not what it should be. */
export type X509ErrorCode =
  | 'malformed_certificate'
  | 'malformed_pem'
  | 'unsupported_algorithm'
  | 'invalid_serial_number'
  | 'signer_failed'
  | 'key_differs';

/** Messages say what to do, and never hold a serial number, a name or a certificate. */
export class X509Error extends Error {
  readonly code: X509ErrorCode;

  constructor(code: X509ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = 'X509Error';
  }
}
