import { byteSequences, parseDictionary, strings } from './structured-fields.ts';

/** What came with a metered answer, in its header `Kakunin-Receipt`: which event of which ledger it is. */
export interface KeptReceipt {
  /** Name of the ledger: `kakunin/<operator>/<PF provider>`. */
  readonly ledger: string;
  /** `<journal>/<segment>/<number>` */
  readonly eventId: string;
  /** Hash of the record as the ledger will have it, in base64. */
  readonly recordHash: string;
}

const HASH_OCTETS = 32;
const EVENT_ID = /^[0-9a-f]{32}\/[1-9]\d{0,19}\/(0|[1-9]\d{0,8})$/;

/**
 * Reads the header: a dictionary (RFC 9651) of a ledger, events, and hashes of their leaves, one for each certificate. Its
 * form alone is checked; `kakunin ledger verify` holds it against the ledger.
 * @returns undefined when this is no receipt
 */
export function parseReceipts(header: string): readonly KeptReceipt[] | undefined {
  const members = parseDictionary(header);
  const [ledger, ...others] = strings(members?.get('ledger')) ?? [];
  const events = strings(members?.get('event'));
  const leaves = byteSequences(members?.get('leaf'));
  if (ledger === undefined || others.length > 0 || !events || !leaves) return undefined;
  if (events.length === 0 || events.length !== leaves.length) return undefined;
  if (!events.every((event) => EVENT_ID.test(event)) || leaves.some(({ length }) => length !== HASH_OCTETS))
    return undefined;
  return events.map((eventId, index) => ({ ledger, eventId, recordHash: leaves[index]!.toString('base64') }));
}
