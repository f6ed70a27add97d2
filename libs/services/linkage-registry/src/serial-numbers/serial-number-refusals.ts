import type { ProblemMapping } from '@kakunin/runtime';

/** What is refused of serial numbers, beside what @kakunin/serial-allotment refuses. */
export const SERIAL_NUMBER_REFUSALS = {
  serial_numbers_not_sealed: { status: 409, title: 'The serial numbers are not sealed' },
  sealing_key_missing: { status: 409, title: 'A sealing key is missing' },
  sealing_key_version_not_next: { status: 409, title: 'Not the next key version' },
} as const satisfies Readonly<Record<string, ProblemMapping>>;

export type SerialNumberRefusal = keyof typeof SERIAL_NUMBER_REFUSALS;

/** Codes of @kakunin/serial-allotment; `invalid_request` is everybody's. */
export const ALLOTMENT_REFUSALS = {
  request_differs: { status: 409, title: 'Another number was asked for under this id' },
  capacity_exceeded: { status: 409, title: 'The ordinals are used up' },
  reservation_differs: { status: 503, title: 'Other ordinals are reserved than before' },
  key_versions_exhausted: { status: 409, title: 'No further key versions' },
} as const satisfies Readonly<Record<string, ProblemMapping>>;
