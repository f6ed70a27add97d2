import type { StatementFinding, StatementFindingKind } from './types.ts';

/** Of each kind so many are kept; the others are counted. */
const KEPT = 1000;

/** Collects what is wrong, in memory that does not grow with it. */
export class FindingList {
  readonly findings: StatementFinding[] = [];
  readonly counts: Partial<Record<StatementFindingKind, number>> = {};

  add(kind: StatementFindingKind, ja: string, en: string): void {
    const count = (this.counts[kind] ?? 0) + 1;
    this.counts[kind] = count;
    if (count <= KEPT) this.findings.push({ kind, ja, en });
  }
}
