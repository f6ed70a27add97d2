import { DerError } from '@kakunin/der';
import type { CrlReport } from '../stream/crl-report.ts';
import type { CrlLint, CrlLintFinding } from './crl-lint.ts';
import { ascendingSerialNumbersRule } from './profile/ascending-serial-numbers.ts';
import { signatureAlgorithmRule } from './rfc5280/5-1-1-2-signature-algorithm.ts';
import { versionRule } from './rfc5280/5-1-2-1-version.ts';
import { issuerRule } from './rfc5280/5-1-2-3-issuer.ts';
import { thisUpdateRule } from './rfc5280/5-1-2-4-this-update.ts';
import { nextUpdateRule } from './rfc5280/5-1-2-5-next-update.ts';
import { emptyListRule } from './rfc5280/5-1-2-6-empty-list.ts';
import { revocationDateRule } from './rfc5280/5-1-2-6-revocation-date.ts';
import { serialNumberRule } from './rfc5280/5-1-2-6-serial-number.ts';
import { authorityKeyIdentifierRule } from './rfc5280/5-2-1-authority-key-identifier.ts';
import { crlNumberRule } from './rfc5280/5-2-3-crl-number.ts';
import { deltaCrlIndicatorRule } from './rfc5280/5-2-4-delta-crl-indicator.ts';
import { issuingDistributionPointRule } from './rfc5280/5-2-5-issuing-distribution-point.ts';
import { freshestCrlRule } from './rfc5280/5-2-6-freshest-crl.ts';
import { extensionsRule } from './rfc5280/5-2-extensions.ts';
import { reasonCodeRule } from './rfc5280/5-3-1-reason-code.ts';
import { entryExtensionsRule } from './rfc5280/5-3-entry-extensions.ts';
import { expiredCertificatesRule } from './x509/9-5-2-8-expired-certs-on-crl.ts';

/** All rules, in the order of their sections. */
export const CRL_LINTS: readonly CrlLint[] = [
  ascendingSerialNumbersRule,
  signatureAlgorithmRule,
  versionRule,
  issuerRule,
  thisUpdateRule,
  nextUpdateRule,
  emptyListRule,
  revocationDateRule,
  serialNumberRule,
  authorityKeyIdentifierRule,
  crlNumberRule,
  deltaCrlIndicatorRule,
  issuingDistributionPointRule,
  freshestCrlRule,
  extensionsRule,
  reasonCodeRule,
  entryExtensionsRule,
  expiredCertificatesRule,
];

/** The rules that a CRL breaks; whose it is, and whether it is in force, is for `refusalOf` to say. */
export function lintCrl(crl: CrlReport): readonly CrlLintFinding[] {
  return CRL_LINTS.flatMap(({ name, check }) => {
    const finding = findingOf(() => check(crl));
    return finding === undefined ? [] : [{ lint: name, finding }];
  });
}

/** An extension whose value is no DER of its kind breaks the rule that reads it. */
function findingOf(check: () => string | undefined): string | undefined {
  try {
    return check();
  } catch (error) {
    if (error instanceof DerError) return `Its value is malformed: ${error.message}`;
    throw error;
  }
}
