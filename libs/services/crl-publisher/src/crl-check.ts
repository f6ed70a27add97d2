import { compareCrls, CrlError, crlNumberOf, CrlStream, type ExpectedScope, lintCrl, refusalOf } from '@kakunin/crl';
import type { StagedObject } from '@kakunin/objects';
import { mayDisappear } from '@kakunin/publication';
import type { StatusIndexReader } from '@kakunin/status-index';
import { type Withheld, withheld } from './issuance-outcome.ts';
import { openPrevious, type PreviousCrl } from './previous-crl.ts';

export interface CheckInput {
  readonly staged: StagedObject;
  readonly expected: ExpectedScope & { readonly crlNumber: bigint };
  readonly previous: PreviousCrl | undefined;
  readonly index: Pick<StatusIndexReader, 'lookup'>;
}

/** @returns why a CRL must not be published, or how many entries it has */
export type CheckedCrl = { readonly refused: Withheld } | { readonly refused?: undefined; readonly entries: number };

/**
 * Reads a signed CRL back from the storage and looks at it as a verifier would, and beside its predecessor, before
 * anybody else sees it. One pass over both, in memory that does not grow with them.
 */
export async function checkCrl(input: CheckInput): Promise<CheckedCrl> {
  try {
    const next = await CrlStream.open(input.staged.read());
    const unlike = await whyUnlike(next, input);
    const report = await next.finish();
    const refusal = refusalOf(report, input.expected);
    if (refusal) return unverifiable(refusal);
    if (crlNumberOf(report) !== input.expected.crlNumber) return unverifiable('it has another number');
    const [broken] = lintCrl(report);
    if (broken) return unverifiable(`${broken.lint}: ${broken.finding}`);
    return unlike ? { refused: unlike } : { entries: report.entries };
  } catch (error) {
    if (error instanceof CrlError) return unverifiable(error.code);
    throw error;
  }
}

const unverifiable = (detail: string): CheckedCrl => ({ refused: withheld('unverifiable', detail) });

async function whyUnlike(next: CrlStream, { previous, index, expected }: CheckInput): Promise<Withheld | undefined> {
  if (!previous) return undefined;
  const { descriptor } = previous;
  if (expected.crlNumber <= descriptor.crlNumber) {
    return withheld('unverifiable', 'its number is not above that of the newest CRL');
  }
  const stream = await openPrevious(previous);
  const { disappeared } = await compareCrls({
    previous: stream,
    next,
    mayDisappear: (entry) => mayDisappear(entry, index.lookup(entry.serialNumber), descriptor.lastScheduledUpdate),
  });
  await stream.finish();
  return disappeared > 0 ? withheld('entries_lost', `${disappeared} of ${descriptor.entries}`) : undefined;
}
