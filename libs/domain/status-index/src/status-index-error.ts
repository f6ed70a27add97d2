/**
 * - `invalid_serial`: not the content octets of a non-negative INTEGER of at most 20 significant octets (RFC 5280, 4.1.2.2)
 * - `serial_out_of_range`: the authority's serial scheme cannot have produced this serial number
 * - `sealing_key_unknown`: a serial number is sealed under a key version that the index has no key of
 * - `final_revocation`: a revocation other than certificateHold would be taken back (RFC 5280, 5.3.1)
 * - `partition_differs`: a certificate is stated to be of another partition; the partition never changes
 * - `capacity_exceeded`: more certificates than the index was made for
 * - `corrupt_image`: a stored image is cut short, altered or of another version
 */
export type StatusIndexErrorCode =
  | 'invalid_serial'
  | 'serial_out_of_range'
  | 'sealing_key_unknown'
  | 'final_revocation'
  | 'partition_differs'
  | 'capacity_exceeded'
  | 'corrupt_image';

/** What the status index refuses. Messages never hold a serial number. */
export class StatusIndexError extends Error {
  readonly code: StatusIndexErrorCode;

  constructor(code: StatusIndexErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StatusIndexError';
    this.code = code;
  }
}
