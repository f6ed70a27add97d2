import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { CrlStream, type ListedCertificate } from '@kakunin/crl';
import { equalOctets } from '@kakunin/der';
import { EvidenceError, type RecordFacts } from '@kakunin/evidence';
import type { CertStatus } from '@kakunin/ocsp';
import type { CrlScope } from '@kakunin/publication';
import type { ArchivedCrls } from '../archive/archived-crls.ts';
import type { CrlArchive } from '../archive/crl-archive.ts';
import type { PublishedCrl } from '../published-crls.ts';
import { EvidenceRefusal } from './evidence-refusal.ts';

/** The CRLs that were the newest at a moment. */
export interface CrlsInForce {
  readonly complete: PublishedCrl;
  /** One that says more than the complete one. */
  readonly delta: PublishedCrl | undefined;
}

/** What those say of a certificate. */
export interface PastStatus extends CrlsInForce {
  readonly certStatus: CertStatus;
  /** Of the later one: until when the authority's reports are in it; epoch ms. */
  readonly thisUpdate: number;
}

/** What the public could know at a moment, out of the archive. */
export class PastStatuses {
  readonly #archive: CrlArchive;
  readonly #archived: ArchivedCrls;

  constructor(archive: CrlArchive, archived: ArchivedCrls) {
    this.#archive = archive;
    this.#archived = archived;
  }

  /**
   * Of the partition, or where that had no CRL of its own then, of the whole authority.
   * @throws EvidenceRefusal `no_crl_then` | `crl_lapsed_then`
   */
  async inForce({ authorityId, partition }: CrlScope, at: number): Promise<CrlsInForce> {
    const scopes: CrlScope[] = [...(partition === undefined ? [] : [{ authorityId, partition }]), { authorityId }];
    for (const scope of scopes) {
      const complete = await this.#archive.inForce(scope, at);
      if (!complete) continue;
      if (complete.crl.nextUpdate < at) throw new EvidenceRefusal('crl_lapsed_then');
      const delta = await this.#archive.inForce({ ...scope, kind: 'delta' }, at);
      const adds = delta && addsTo(delta, complete, at);
      return { complete: this.#archived.of(complete), delta: adds ? this.#archived.of(delta) : undefined };
    }
    throw new EvidenceRefusal('no_crl_then');
  }

  /** @param serial content octets of the DER INTEGER @throws EvidenceRefusal; EvidenceError `malformed_record` */
  async of(scope: CrlScope, serial: Uint8Array, at: number): Promise<PastStatus> {
    const { complete, delta } = await this.inForce(scope, at);
    const listed = await entryIn(complete, serial);
    const changed = delta && (await entryIn(delta, serial));
    return {
      complete,
      delta,
      certStatus: statusOf(changed ?? listed),
      thisUpdate: Math.max(complete.descriptor.thisUpdate, delta?.descriptor.thisUpdate ?? 0),
    };
  }
}

/** RFC 5280, 5.2.4: a delta goes with a complete CRL that is not older than its base; of two with one number it says no more. */
const addsTo = ({ crl: delta }: RecordFacts, { crl: complete }: RecordFacts, at: number): boolean =>
  delta.crlNumber > complete.crlNumber && (delta.baseCrlNumber ?? 0n) <= complete.crlNumber && delta.nextUpdate >= at;

function statusOf(entry: ListedCertificate | undefined): CertStatus {
  if (!entry || entry.reason === 'removeFromCRL') return { status: 'good' };
  const { reason, revocationDate: revocationTime } = entry;
  return { status: 'revoked', revocationTime, ...(reason && { reason }) };
}

/** What a CRL says of one certificate. @throws EvidenceError `malformed_record` when it is not the CRL that was published */
async function entryIn(crl: PublishedCrl, serial: Uint8Array): Promise<ListedCertificate | undefined> {
  const examined = examine(crl);
  const stream = await CrlStream.open(examined.pieces);
  let found: ListedCertificate | undefined;
  for (;;) {
    const more = stream.advance();
    if (!(typeof more === 'boolean' ? more : await more)) break;
    if (equalOctets(stream.entry.serialNumber, serial)) found = { ...stream.entry, serialNumber: serial };
  }
  await stream.finish();
  examined.confirm();
  return found;
}

/** @returns CRC-32 of a CRL, after it was read whole and compared. @throws EvidenceError `malformed_record` */
export async function checksumOf(crl: PublishedCrl): Promise<number> {
  const { pieces, confirm } = examine(crl);
  for await (const _ of pieces);
  return confirm();
}

/** The octets of a CRL, and, when they were read, whether they are those that were published. */
function examine({ content, descriptor }: PublishedCrl): {
  readonly pieces: AsyncIterable<Uint8Array>;
  readonly confirm: () => number;
} {
  const hash = createHash('sha256');
  let checksum = 0;
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of content.read()) {
      hash.update(piece);
      checksum = crc32(piece, checksum);
      yield piece;
    }
  };
  const confirm = (): number => {
    if (hash.digest('hex') === descriptor.sha256) return checksum;
    throw new EvidenceError('malformed_record', 'A CRL of the archive is not the one that was published.');
  };
  return { pieces: pieces(), confirm };
}
