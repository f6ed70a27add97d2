import {
  compareCrls,
  CrlError,
  crlNumberOf,
  type CrlReport,
  CrlStream,
  type ExpectedScope,
  lintCrl,
  refusalOf,
} from '@kakunin/crl';
import type { StagedObject } from '@kakunin/objects';
import { type ExpiryRule, mayDisappear } from '@kakunin/publication';
import type { StatusIndexReader } from '@kakunin/status-index';
import { type Withheld, withheld } from './issuance-outcome.ts';
import { type CrlInHand, openPrevious } from './previous-crl.ts';

/** What a CRL that we signed must be. */
export type ExpectedIssue = ExpectedScope & { readonly crlNumber: bigint };

export interface CheckInput {
  readonly staged: StagedObject;
  readonly expected: ExpectedIssue;
  readonly previous: CrlInHand | undefined;
  readonly rule: ExpiryRule;
  readonly index: Pick<StatusIndexReader, 'lookup'>;
}

/** @returns why a CRL must not be published, or how many entries it has */
export type CheckedCrl = { readonly refused: Withheld } | { readonly refused?: undefined; readonly entries: number };

/**
 * Reads a signed CRL back from the storage and looks at it as a verifier would, and beside its predecessor, before
 * anybody else sees it. One pass over both, in memory that does not grow with them.
 */
export const checkCrl = (input: CheckInput): Promise<CheckedCrl> =>
  orUnverifiable(async () => {
    const next = await CrlStream.open(input.staged.read());
    const unlike = await whyUnlike(next, input);
    const report = await next.finish();
    const refused = whyUnverifiable(report, input.expected) ?? unlike;
    return refused ? { refused } : { entries: report.entries };
  });

/** Why a verifier would not take a CRL that was read to its end. */
export function whyUnverifiable(report: CrlReport, expected: ExpectedIssue): Withheld | undefined {
  const refusal = refusalOf(report, expected);
  if (refusal) return unverifiable(refusal);
  if (crlNumberOf(report) !== expected.crlNumber) return unverifiable('it has another number');
  const [broken] = lintCrl(report);
  return broken && unverifiable(`${broken.lint}: ${broken.finding}`);
}

export const unverifiable = (detail: string): Withheld => withheld('unverifiable', detail);

/** What cannot be read as a CRL cannot be verified either. */
export async function orUnverifiable(check: () => Promise<CheckedCrl>): Promise<CheckedCrl> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof CrlError) return { refused: unverifiable(error.code) };
    throw error;
  }
}

async function whyUnlike(
  next: CrlStream,
  { previous, index, expected, rule }: CheckInput,
): Promise<Withheld | undefined> {
  if (!previous) return undefined;
  const { descriptor } = previous;
  if (expected.crlNumber <= descriptor.crlNumber) {
    return unverifiable('its number is not above that of the newest CRL');
  }
  const stream = await openPrevious(previous);
  const { disappeared } = await compareCrls({
    previous: stream,
    next,
    mayDisappear: (entry) => mayDisappear(entry, index.lookup(entry.serialNumber), rule),
  });
  await stream.finish();
  return disappeared > 0 ? withheld('entries_lost', `${disappeared} of ${descriptor.entries}`) : undefined;
}
