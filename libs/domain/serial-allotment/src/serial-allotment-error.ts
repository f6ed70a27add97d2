/**
 * - `invalid_request`: the request id or the number of serial numbers is none that is taken
 * - `request_differs`: the request id was used for another number of serial numbers
 * - `capacity_exceeded`: the authority's ordinals would not suffice
 * - `reservation_differs`: other ordinals are reserved now than when the block was allotted
 * - `key_versions_exhausted`: an authority has at most 127 sealing keys
 */
export type SerialAllotmentErrorCode =
  'invalid_request' | 'request_differs' | 'capacity_exceeded' | 'reservation_differs' | 'key_versions_exhausted';

/** What the allotment of serial numbers refuses. Messages hold no serial number. */
export class SerialAllotmentError extends Error {
  readonly code: SerialAllotmentErrorCode;

  constructor(code: SerialAllotmentErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SerialAllotmentError';
    this.code = code;
  }
}
