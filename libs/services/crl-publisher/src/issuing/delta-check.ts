import { applyDelta, compareCrls, CrlStream, deltaEntries, type ListedCertificate } from '@kakunin/crl';
import type { StagedObject } from '@kakunin/objects';
import { type CheckedCrl, type ExpectedIssue, orUnverifiable, unverifiable, whyUnverifiable } from './crl-check.ts';
import { type CrlInHand, openPrevious } from './previous-crl.ts';

export interface DeltaInput {
  /** The complete CRL that the delta is to. */
  readonly base: CrlInHand;
  /** The one of now. */
  readonly complete: CrlInHand['content'];
  /** The newest delta of the scope, whichever its base. */
  readonly before: CrlInHand | undefined;
}

/** What a delta lists, from the signed files themselves. @throws CrlError `malformed_crl` when one was damaged */
export async function entriesOfDelta({ base, complete, before }: DeltaInput): Promise<readonly ListedCertificate[]> {
  const isOfThisBase = before?.descriptor.baseCrlNumber === base.descriptor.crlNumber;
  const mentioned = isOfThisBase ? (await readDelta(before)).entries : [];
  const [old, now] = [await openPrevious(base), await openChecked(complete)];
  const entries = await deltaEntries({ base: old, now, before: mentioned });
  await Promise.all([old.finish(), now.finish()]);
  return entries;
}

export interface DeltaCheckInput {
  readonly staged: StagedObject;
  readonly expected: ExpectedIssue;
  readonly base: CrlInHand;
  readonly complete: CrlInHand['content'];
}

/** Reads a signed delta back, as {@link checkCrl} does, and looks whether its base with it says what the complete CRL says. */
export const checkDelta = ({ staged, expected, base, complete }: DeltaCheckInput): Promise<CheckedCrl> =>
  orUnverifiable(async () => {
    const { entries, report } = await readDelta({ content: staged });
    const refused = whyUnverifiable(report, expected);
    if (refused) return { refused };
    const [old, now] = [await openPrevious(base), await openChecked(complete)];
    const applied = applyDelta(old, entries);
    const found = await compareCrls({ previous: applied, next: now, mayDisappear: () => false });
    await Promise.all([old.finish(), now.finish()]);
    const differing = found.added + found.changed + found.disappeared;
    return differing > 0
      ? { refused: unverifiable('its base with it does not say what the complete CRL says') }
      : { entries: report.entries };
  });

/** Its signature was verified just now. */
const openChecked = (complete: CrlInHand['content']): Promise<CrlStream> =>
  CrlStream.open(complete.read(), { isVerified: false });

/** A delta is small: it lists what one period changed. */
async function readDelta({ content }: Pick<CrlInHand, 'content'>) {
  const stream = await CrlStream.open(content.read());
  const entries: ListedCertificate[] = [];
  while (await stream.advance())
    entries.push({ ...stream.entry, serialNumber: Uint8Array.from(stream.entry.serialNumber) });
  return { entries, report: await stream.finish() };
}
