import { type CertificateList, compareCrls, CrlError, parseCrl, verifyCrl } from '@kakunin/crl';
import type { StagedObject } from '@kakunin/objects';
import { mayDisappear } from '@kakunin/publication';
import type { Certificate } from '@kakunin/x509';
import type { StatusIndexReader } from '@kakunin/status-index';
import { type Withheld, withheld } from './issuance-outcome.ts';
import type { PreviousCrl } from './previous-crl.ts';
import { readAll } from './read-all.ts';

export interface CheckInput {
  readonly staged: StagedObject;
  readonly expected: { readonly crlNumber: bigint; readonly entries: number; readonly authority: Certificate };
  readonly previous: PreviousCrl | undefined;
  readonly index: Pick<StatusIndexReader, 'lookup'>;
  readonly now: number;
}

/**
 * Reads a signed CRL back from the storage and looks at it as a verifier would, and beside its predecessor, before
 * anybody else sees it.
 * @returns why it must not be published; undefined when all is well
 */
export async function checkCrl(input: CheckInput): Promise<Withheld | undefined> {
  try {
    const list = parseCrl(await readAll(input.staged));
    return whyUnverifiable(list, input) ?? whyUnlike(list, input);
  } catch (error) {
    if (error instanceof CrlError) return withheld('unverifiable', error.code);
    throw error;
  }
}

function whyUnverifiable(list: CertificateList, { expected, now }: CheckInput): Withheld | undefined {
  const verified = verifyCrl(list, { authority: expected.authority, now });
  if (!verified.ok) return withheld('unverifiable', verified.refusal);
  if (verified.entries !== expected.entries) return withheld('unverifiable', 'it has another number of entries');
  if (list.crlNumber !== expected.crlNumber) return withheld('unverifiable', 'it has another number');
  return undefined;
}

function whyUnlike(next: CertificateList, { previous, index }: CheckInput): Withheld | undefined {
  if (!previous) return undefined;
  const { lastScheduledUpdate } = previous.descriptor;
  const comparison = compareCrls({
    previous: previous.list,
    next,
    mayDisappear: (entry) => mayDisappear(entry, index.lookup(entry.serialNumber), lastScheduledUpdate),
  });
  if (!comparison.numberGrew) return withheld('unverifiable', 'its number is not above that of the newest CRL');
  const lost = comparison.disappeared.length;
  return lost > 0 ? withheld('entries_lost', `${lost} of ${previous.descriptor.entries}`) : undefined;
}
