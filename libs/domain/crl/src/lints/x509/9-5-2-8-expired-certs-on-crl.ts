import { DerReader } from '@kakunin/der';
import { CRL_EXTENSION } from '../../crl-extensions.ts';
import { extensionOf } from '../../stream/crl-report.ts';
import type { CrlLint } from '../crl-lint.ts';

/** X.509, 9.5.2.8: expiredCertsOnCRL is a GeneralizedTime not after thisUpdate. */
export const expiredCertificatesRule: CrlLint = {
  name: 'x509/9-5-2-8-expired-certs-on-crl',
  check: (crl) => {
    const extension = extensionOf(crl, CRL_EXTENSION.expiredCertsOnCrl);
    if (!extension) return undefined;
    const since = DerReader.of(extension.value).generalizedTime();
    return since > crl.thisUpdate.instant ? 'expiredCertsOnCRL lies after thisUpdate.' : undefined;
  },
};
