import type { SerialScheme } from '@kakunin/certificates';
import { isFinal, packState } from './certificate-state.ts';
import type { IssuedCertificate } from './certificate-state.ts';
import { FINGERPRINT_PAGE_OCTETS } from './fingerprints.ts';
import { FrozenPages } from './frozen-pages.ts';
import { FrozenRevocations } from './frozen-revocations.ts';
import { isIssued, isRevoked, packedState } from './packed-state.ts';
import type { PackedState } from './packed-state.ts';
import { ORDINALS_A_PAGE, PAGE_BITS } from './page-layout.ts';
import { PagesImage } from './pages-image.ts';
import { PARTITION_PAGE_OCTETS, Partitions } from './partitions.ts';
import { corrupt, StatusImage, StatusImageSource } from './status-image.ts';
import { addSealingKeys, memoryFor } from './index-memory.ts';
import type { SealingKeysByVersion, StatusIndexOptions } from './index-memory.ts';
import { SealedSerials } from './sealed-serials.ts';
import { isSerial } from './serial-words.ts';
import { CONTROL } from './shared-memory.ts';
import type { StatusIndexMemory } from './shared-memory.ts';
import { StatusIndexError } from './status-index-error.ts';
import { StatusIndexReader } from './status-index-reader.ts';
import { StatusPagesWriter } from './status-pages-writer.ts';

/** The status of every certificate of one authority. The one writer holds this class; others hold a reader on `memory`. */
export class StatusIndex extends StatusIndexReader {
  readonly #pages: StatusPagesWriter;
  /** One more than the largest ordinal that was put. */
  #rows = 0;
  /** Pages that the buffers hold. */
  #reserved = 0;
  readonly #images = new Set<PagesImage>();
  readonly #frozen = new Set<FrozenPages>();
  #partitions: Partitions | undefined;
  readonly #present = packedState();
  readonly #next = packedState();

  private constructor(memory: StatusIndexMemory, pages: StatusPagesWriter) {
    super(memory, pages);
    this.#pages = pages;
    this.#partitions = Partitions.of(memory);
  }

  static create(scheme: SerialScheme, options: StatusIndexOptions = {}): StatusIndex {
    const memory = memoryFor(scheme, options);
    return new StatusIndex(memory, new StatusPagesWriter(memory));
  }

  /**
   * Reads what {@link encode} wrote. @throws StatusIndexError `corrupt_image` | `capacity_exceeded`
   * @param chunks the image, cut anywhere
   * @param options `fingerprints` and `partitions` are what the image says
   */
  static decode(chunks: Iterable<Uint8Array>, options: StatusIndexOptions = {}): StatusIndex {
    const source = new StatusImageSource(chunks);
    const { scheme, rows, fingerprints, partitions: labels } = source.readHeader();
    const index = StatusIndex.create(scheme, { ...options, fingerprints, partitions: labels !== undefined });
    index.#partitions = Partitions.of(index.memory, labels);
    index.#restore(rows, (target) => source.readInto(target));
    source.verify();
    return index;
  }

  /** Scheme `sealed`: what is sealed under these keys is known from now on, in all threads. */
  addSealingKeys(keys: SealingKeysByVersion): void {
    addSealingKeys(this.memory, keys);
  }

  /** Scheme `sealed`: versions under which certificates of this index are sealed, and whose keys are not known. */
  missingSealingKeys(): number[] {
    return this.serials instanceof SealedSerials ? this.serials.unknownKeyVersions() : [];
  }

  /**
   * Takes the whole state of an issued certificate. Of a good one notAfter is not kept: nobody asks for it.
   * @param serial content octets of the DER INTEGER
   * @returns whether anything changed: the same state again changes nothing
   * @throws StatusIndexError `invalid_serial` | `serial_out_of_range` | `sealing_key_unknown` | `final_revocation` |
   * `partition_differs` | `capacity_exceeded`
   */
  put(serial: Uint8Array, certificate: IssuedCertificate): boolean {
    if (!isSerial(serial)) {
      throw new StatusIndexError('invalid_serial', 'A serial number is negative, empty or longer than 20 octets.');
    }
    const ordinal = this.serials.allot(serial);
    const present = this.#present;
    const next = this.#next;
    this.stateAt(ordinal, present);
    packState(certificate, next);
    if (isFinal(present.flags) && !isFinal(next.flags)) {
      throw new StatusIndexError('final_revocation', 'Only a certificateHold can be taken back (RFC 5280, 5.3.1).');
    }
    return this.#write(ordinal, next, certificate);
  }

  /** Label of the partition that a certificate was issued in; undefined when it is of none, or was never issued. */
  partitionOf(serial: Uint8Array): string | undefined {
    const ordinal = this.locate(serial);
    return ordinal < 0 ? undefined : this.#partitions?.labelOf(ordinal);
  }

  /** The index as it stands at this moment: it may be written out at leisure while `put` goes on. */
  encode(): StatusImage {
    const rows = this.#rows;
    const pages = pagesOf(rows);
    const image = new PagesImage(
      pages,
      (page) => this.#copy(page),
      () => this.#images.delete(image),
    );
    this.#images.add(image);
    let bodyLength = this.serials.imageLength(rows);
    for (let page = 0; page < pages; page += 1) bodyLength += this.#pages.copyLength(page);
    if (this.fingerprints) bodyLength += pages * FINGERPRINT_PAGE_OCTETS;
    if (this.#partitions) bodyLength += pages * PARTITION_PAGE_OCTETS;
    const partitions = this.#partitions && [...this.#partitions.labels];
    const header = { scheme: this.memory.scheme, rows, fingerprints: this.fingerprints !== undefined, partitions };
    return new StatusImage({ header, bodyLength, serials: this.serials.image(rows), pages: image });
  }

  /** What is revoked at this moment; `put` goes on. To be released. */
  freeze(): FrozenRevocations {
    const pages = new FrozenPages(this.#pages, pagesOf(this.#rows));
    this.#frozen.add(pages);
    const release = (): unknown => this.#frozen.delete(pages);
    return new FrozenRevocations({ pages, serials: this.serials, partitions: this.#partitions, release });
  }

  #write(ordinal: number, next: PackedState, { fingerprint, partition }: IssuedCertificate): boolean {
    const changed = !isSame(this.#present, next);
    const { fingerprints } = this;
    const placed = partition !== undefined && this.#partitions?.isNew(ordinal, partition) === true;
    const marked = fingerprint !== undefined && fingerprints !== undefined && !fingerprints.has(ordinal, fingerprint);
    if (!changed && !marked && !placed) return false;
    const page = ordinal >>> PAGE_BITS;
    this.#reserve(page + 1);
    for (const image of this.#images) image.preserve(page);
    for (const frozen of this.#frozen) frozen.preserve(page);
    // Who sees the certificate sees its fingerprint.
    if (marked) fingerprints.write(ordinal, fingerprint);
    if (placed) this.#partitions?.write(ordinal, partition);
    if (changed) this.#pages.write(ordinal, next);
    if (isRevoked(this.#present.flags) || isRevoked(next.flags)) this.#partitions?.noteChange(ordinal);
    this.#count(this.#present.flags, next.flags);
    if (ordinal >= this.#rows) this.#setRows(ordinal + 1);
    Atomics.add(this.control, CONTROL.generation, 1);
    return true;
  }

  #count(before: number, after: number): void {
    if (!isIssued(before)) Atomics.add(this.control, CONTROL.issued, 1);
    const revoked = Number(isRevoked(after)) - Number(isRevoked(before));
    if (revoked !== 0) Atomics.add(this.control, CONTROL.revoked, revoked);
  }

  #reserve(pages: number): void {
    if (pages <= this.#reserved) return;
    this.#pages.reserve(pages);
    this.fingerprints?.reserve(pages);
    this.#partitions?.reserve(pages);
    this.#reserved = pages;
  }

  #setRows(rows: number): void {
    this.#rows = rows;
    Atomics.store(this.control, CONTROL.rows, rows);
  }

  #copy(page: number): Uint8Array {
    const parts = [this.#pages.copy(page)];
    if (this.fingerprints) parts.push(this.fingerprints.page(page));
    if (this.#partitions) parts.push(this.#partitions.page(page));
    return parts.length > 1 ? Buffer.concat(parts) : parts[0]!;
  }

  #restore(rows: number, read: (target: Uint8Array) => void): void {
    this.serials.restore(rows, read);
    for (let page = 0; page < pagesOf(rows); page += 1) {
      this.#reserve(page + 1);
      const issued = this.#pages.restore(page, read);
      if (issued === undefined) throw corrupt('a page of it is damaged');
      if (this.fingerprints) read(this.fingerprints.page(page));
      if (this.#partitions) read(this.#partitions.page(page));
      if (this.#partitions?.isSound(page) === false) throw corrupt('a page of it is damaged');
      Atomics.add(this.control, CONTROL.issued, issued);
      Atomics.add(this.control, CONTROL.revoked, this.#pages.revokedOf(page));
    }
    this.#setRows(rows);
  }
}

const pagesOf = (rows: number): number => Math.ceil(rows / ORDINALS_A_PAGE);

const isSame = (one: PackedState, other: PackedState): boolean =>
  one.flags === other.flags &&
  one.notAfter === other.notAfter &&
  one.revocationDate === other.revocationDate &&
  one.invalidityDate === other.invalidityDate;
