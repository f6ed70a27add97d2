import type { CrlRefusal, ExpectedCrl, RevokedCertificate } from '@kakunin/crl';
import type { Certificate } from '@kakunin/x509';
import { keptConnections } from './connections.ts';
import { download, readCopy } from './crl-copy.ts';
import { CrlSource, type TrustedCrl } from './crl-source.ts';
import { OcspClientError } from './ocsp-client-error.ts';
import type { ClientTls, CrlFallback, CrlLocation } from './ocsp-client-options.ts';
import { httpUrl, type Settings } from './settings.ts';
import type { StatusResult } from './status-check.ts';
import type { Subject } from './subject.ts';

/** Why no CRL can take the responder's place. */
type Lack = CrlRefusal | 'none_for_this_issuer' | 'not_read' | 'certificate_expired';

const WHY: Readonly<Record<Lack, string>> = {
  none_for_this_issuer: 'none of `crl.lists` is of this issuer',
  not_read: 'it could not be downloaded or read',
  certificate_expired: 'the certificate had expired when it was made, and expired ones are not in it',
  other_issuer: 'another authority issued it',
  other_key: 'another key of the authority signed it',
  key_usage: "the issuer's certificate is not for signing CRLs",
  wrong_signature: 'its signature is wrong',
  number_missing: 'it has no crlNumber',
  critical_extension: 'it is not complete, or has a critical extension that is not known here',
  from_the_future: 'its thisUpdate is yet to come, check the clock',
  out_of_date: 'its nextUpdate has passed',
};

const DEFAULTS = { refreshMs: 5 * 60_000, timeoutMs: 10_000, maxOctets: 256 * 1024 * 1024 };

/** CRLs in the responder's place. */
export class CrlStandIn {
  readonly #sources: readonly CrlSource[];
  readonly #settings: Settings;

  /** @throws OcspClientError `invalid_input` */
  constructor(options: CrlFallback, authorities: ClientTls['authorities'], settings: Settings) {
    this.#settings = settings;
    this.#sources = options.lists.map((location) => sourceOf(location, { ...DEFAULTS, ...options }, authorities));
  }

  /**
   * What the authority's CRL says.
   * @param insteadOf why the responder did not answer
   * @throws OcspClientError `crl_unusable`
   */
  async lookUp({ certificate, authority }: Subject, insteadOf: OcspClientError): Promise<StatusResult> {
    const { clock, clockSkewMs: clockSkew } = this.#settings;
    const crl = await this.#crlFor({ authority, now: clock.now(), clockSkew }, insteadOf);
    const { list, der } = crl.copy;
    if (certificate.notAfter < list.thisUpdate) throw unusable('certificate_expired', insteadOf);
    return {
      ...statusOf(find(crl, certificate, insteadOf)),
      source: 'crl',
      thisUpdate: list.thisUpdate,
      // A CRL without it is not trusted.
      nextUpdate: list.nextUpdate!,
      evidence: { crl: der },
      insteadOf,
    };
  }

  async #crlFor(expected: ExpectedCrl, insteadOf: OcspClientError): Promise<TrustedCrl> {
    let lack: readonly [Lack, unknown?] = ['none_for_this_issuer'];
    for (const source of this.#sources) {
      try {
        const found = await source.crlFor(expected);
        if (typeof found !== 'string') return found;
        if (found !== 'other_issuer' && found !== 'other_key') lack = [found];
      } catch (cause) {
        lack = ['not_read', cause];
      }
    }
    throw unusable(lack[0], insteadOf, lack[1]);
  }
}

/** @throws OcspClientError `crl_unusable` when the entry is malformed */
function find(
  { index }: TrustedCrl,
  certificate: Certificate,
  insteadOf: OcspClientError,
): RevokedCertificate | undefined {
  try {
    return index.find(certificate.serialNumberOctets);
  } catch (cause) {
    throw unusable('not_read', insteadOf, cause);
  }
}

const statusOf = (entry: RevokedCertificate | undefined) => {
  if (!entry) return { status: 'good' } as const;
  const { revocationDate: revocationTime, reason, invalidityDate } = entry;
  return {
    status: 'revoked',
    revocationTime,
    ...(reason && { reason }),
    ...(invalidityDate !== undefined && { invalidityDate }),
  } as const;
};

/** Its cause is the failure of the CRL when there is one, else why the responder did not answer. */
function unusable(reason: Lack, insteadOf: OcspClientError, cause: unknown = insteadOf): OcspClientError {
  const message = `${insteadOf.message} A CRL could not be used instead: ${WHY[reason]} (${reason}).`;
  return new OcspClientError('crl_unusable', message, { sent: insteadOf.sent, reason, cause });
}

function sourceOf(location: CrlLocation, limits: typeof DEFAULTS, authorities: ClientTls['authorities']): CrlSource {
  if ('file' in location) return new CrlSource((present) => readCopy(location.file, present), 0);
  const url = httpUrl('crl.lists', location.url);
  const connections = keptConnections(url, authorities === undefined ? {} : { authorities });
  return new CrlSource((present) => download({ url, connections, ...limits }, present), limits.refreshMs);
}
