import { encodeCrl, type ListedCertificate } from '@kakunin/crl';
import type { ObjectStore } from '@kakunin/objects';
import {
  type CrlDescriptor,
  crlKey,
  crlPointer,
  type CrlSeries,
  descriptorKeyOf,
  encodeCrlDescriptor,
} from '@kakunin/publication';
import type { TestCa } from '@kakunin/testing';
import { type Extension, keyIdentifierOf } from '@kakunin/x509';
import { type PublishedCrl, PublishedCrls } from '../../published-crls.ts';
import { CrlArchive } from '../crl-archive.ts';

export const HOUR = 3_600_000;

/** Serial numbers ascend as octets of this length. */
export const entryOf = (serial: number, revocationDate: number, reason?: ListedCertificate['reason']) => {
  const serialNumber = Buffer.alloc(4);
  serialNumber.writeUInt32BE(0x40000000 + serial);
  return { serialNumber, revocationDate, ...(reason && { reason }) } satisfies ListedCertificate;
};

export interface Simulated {
  readonly isArchived?: boolean;
  /** Left out: the next. */
  readonly crlNumber?: bigint;
  readonly baseCrlNumber?: bigint;
  readonly extensions?: readonly Extension[];
}

/** A series of CRLs, published and archived as the publisher does it, at moments that the test says. */
export class SimulatedSeries {
  readonly archive: CrlArchive;
  readonly published: PublishedCrls;
  readonly series: CrlSeries;
  newest: PublishedCrl | undefined;
  readonly #store: ObjectStore;
  readonly #ca: TestCa;

  constructor(store: ObjectStore, ca: TestCa, series: CrlSeries = { authorityId: 'a' }) {
    this.#store = store;
    this.#ca = ca;
    this.series = series;
    this.archive = new CrlArchive(store);
    this.published = new PublishedCrls(store);
  }

  async publish(entries: readonly ListedCertificate[], at: number, given: Simulated = {}): Promise<CrlDescriptor> {
    const { isArchived = true, extensions = [], baseCrlNumber } = given;
    const { crlNumber = (this.newest?.descriptor.crlNumber ?? 0n) + 1n } = given;
    const instants = { thisUpdate: at, nextUpdate: at + 24 * HOUR };
    const { subject, publicKey } = this.#ca.certificate;
    const list = { ...instants, issuer: subject, authorityKeyIdentifier: keyIdentifierOf(publicKey) };
    const staged = await this.#store.stage(
      encodeCrl({ ...list, crlNumber, entries, extensions }, this.#ca.credential.key),
    );
    const descriptor: CrlDescriptor = {
      ...this.series,
      kind: this.series.kind ?? 'complete',
      certificateClass: 'signature',
      issuer: 'CN=Test CA',
      keyAlgorithm: 'EC P-256',
      crlNumber,
      ...(baseCrlNumber !== undefined && { baseCrlNumber }),
      scheduled: true,
      ...instants,
      publishedAt: at,
      nextPublication: at + HOUR,
      lastScheduledUpdate: at,
      entries: entries.length,
      bytes: staged.bytes,
      sha256: staged.sha256,
      url: `/${crlPointer(this.series)}`,
      immutableUrl: `/${crlKey(this.series, crlNumber)}`,
    };
    const key = crlKey(this.series, crlNumber);
    // Without the encodings of it, which take the most time and are not archived.
    await this.#store.put(descriptorKeyOf(key), encodeCrlDescriptor(descriptor));
    await staged.publish(key);
    const crl = (await this.published.at(key))!;
    if (isArchived) await this.archive.append(crl, this.newest);
    await this.published.pointAt(descriptor, this.newest?.key);
    this.newest = crl;
    return descriptor;
  }
}
