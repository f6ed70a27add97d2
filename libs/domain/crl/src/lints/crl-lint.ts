import type { CrlReport } from '../stream/crl-report.ts';

/** One rule that a CRL must keep; its file is named after the section that it comes from. */
export interface CrlLint {
  /** Group and file, such as `rfc5280/5-2-3-crl-number`. */
  readonly name: string;
  /** @returns what is wrong, without a serial number; undefined when nothing is */
  check(crl: CrlReport): string | undefined;
}

/** A rule that a CRL breaks. */
export interface CrlLintFinding {
  readonly lint: string;
  readonly finding: string;
}
