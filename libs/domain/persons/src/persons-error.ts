/**
 * - `not_later`: a record is recorded earlier than one that is in the history already
 * - `record_differs`: another record has this id
 * - `record_unknown`: a retraction names no record that stands
 * - `record_contradicts`: with this, the history would say nonsense; the message says why
 */
export type PersonsErrorCode = 'not_later' | 'record_differs' | 'record_unknown' | 'record_contradicts';

/** What a history of persons refuses. Messages name no person and no certificate. */
export class PersonsError extends Error {
  readonly code: PersonsErrorCode;

  constructor(code: PersonsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PersonsError';
    this.code = code;
  }
}
