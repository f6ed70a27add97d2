import type { CertificateEvent, CertificateStatus } from '@kakunin/certificates';
import { deltaCrlIndicator, encodeCrl, issuingDistributionPoint, type ListedCertificate } from '@kakunin/crl';
import { createTestCa, type TestCa } from '@kakunin/testing/test-ca';
import { encodePem, serialNumberOctets } from '@kakunin/x509';
import type { RegistryUnderTest } from '../../testing/registry-under-test.ts';
import type { ImportSummary } from '../import-answers.ts';

const HOUR = 3_600_000;

export interface CrlRequest {
  readonly crlNumber: number;
  /** Serial numbers and why they are listed. */
  readonly entries: Readonly<Record<string, ListedCertificate['reason']>>;
  /** Of a delta. */
  readonly base?: number;
  readonly distributionPoint?: string;
  readonly thisUpdate?: number;
}

/** When all certificates of a test were revoked. */
export const REVOKED_AT = Date.UTC(2026, 3, 1);

/** An authority that sends lists of what it did to a registry. */
export class ListSender {
  private constructor(
    readonly registry: RegistryUnderTest,
    readonly authorityId: string,
    readonly ca: TestCa,
  ) {}

  static async register(registry: RegistryUnderTest, authorityId: string): Promise<ListSender> {
    const ca = await createTestCa();
    const body = { authorityId, certificateClass: 'signature', certificate: ca.certificatePem };
    await registry.operator('POST', '/authorities', { ...body, serialScheme: { kind: 'random' } });
    return new ListSender(registry, authorityId, ca);
  }

  /** @param query behind `?`, such as `format=csv` */
  send(query: string, body: unknown, accept?: string) {
    const path = `/authorities/${this.authorityId}/certificates/import?${query}`;
    return this.registry.operator<ImportSummary & { code?: string }>('POST', path, body, 'text/plain', accept);
  }

  async issue(...serialNumbers: readonly string[]): Promise<void> {
    const certificates = serialNumbers.map((serialNumber) => ({ serialNumber, notAfter: NOT_AFTER, carrier: 'card' }));
    const path = `/authorities/${this.authorityId}/certificates/batch`;
    await this.registry.operator('POST', path, { certificates });
  }

  /** DER. */
  async crl(
    { crlNumber, entries, base, distributionPoint, thisUpdate = Date.now() - HOUR }: CrlRequest,
    signer = this.ca,
  ) {
    const pieces: Uint8Array[] = [];
    const list = {
      issuer: this.ca.certificate.subject,
      thisUpdate,
      nextUpdate: thisUpdate + 24 * HOUR,
      crlNumber: BigInt(crlNumber),
      authorityKeyIdentifier: this.ca.certificate.subjectKeyIdentifier ?? new Uint8Array(20),
      entries: Object.entries(entries).map(([serial, reason]) => {
        return { serialNumber: serialNumberOctets(serial), revocationDate: REVOKED_AT, reason };
      }),
      extensions: [
        ...(base === undefined ? [] : [deltaCrlIndicator(BigInt(base))]),
        ...(distributionPoint === undefined ? [] : [issuingDistributionPoint({ fullName: [distributionPoint] })]),
      ],
    };
    for await (const piece of encodeCrl(list, signer.credential.key)) pieces.push(Uint8Array.from(piece));
    return Buffer.concat(pieces);
  }

  /** What followers have heard of a certificate, in order. */
  async statusesOf(serialNumber: string): Promise<readonly CertificateStatus[]> {
    const events = await this.registry.eventsOf<CertificateEvent>('certificate-events');
    return events.flatMap((event) =>
      event.type === 'certificate_status' &&
      event.authorityId === this.authorityId &&
      event.serialNumber === serialNumber
        ? [event.status]
        : [],
    );
  }
}

export const NOT_AFTER = Date.UTC(2036, 11, 31);

/** As text. */
export const pemOf = (crl: Uint8Array): string => encodePem('X509 CRL', crl);
