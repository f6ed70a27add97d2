import type { SerialScheme } from '@kakunin/certificates';
import { isFinal, isIssued, isRevoked, packState } from './certificate-state.ts';
import type { IssuedCertificate } from './certificate-state.ts';
import type { PackedState } from './packed-state.ts';
import { StatusImage, StatusImageSource } from './status-image.ts';
import { SERIAL_WORDS, readSerial } from './serial-words.ts';
import { CONTROL, growable } from './shared-memory.ts';
import { StatusIndexError } from './status-index-error.ts';
import { StatusIndexReader } from './status-index-reader.ts';
import { tableOctets } from './random-serials.ts';
import { ROW_OCTETS } from './status-rows.ts';

/** Twice the certificates of one key generation today; reserves 2 GiB of addresses, not of memory. */
const DEFAULT_CAPACITY = 2 ** 27;

export interface StatusIndexOptions {
  /** Certificates that one authority may issue; for `sequential` the width of the serial range. */
  readonly capacity?: number;
}

/** The status of every certificate of one authority. The one writer holds this class; others hold a reader on `memory`. */
export class StatusIndex extends StatusIndexReader {
  static create(scheme: SerialScheme, { capacity = DEFAULT_CAPACITY }: StatusIndexOptions = {}): StatusIndex {
    return new StatusIndex({
      scheme,
      capacity,
      control: new SharedArrayBuffer(Object.keys(CONTROL).length * 4),
      rows: growable(capacity * ROW_OCTETS),
      ...(scheme.kind === 'random' && {
        serials: growable(capacity * SERIAL_WORDS * 4),
        table: growable(tableOctets(capacity)),
      }),
    });
  }

  /**
   * Reads what {@link encode} wrote. @throws StatusIndexError `corrupt_image`
   * @param chunks the image, cut anywhere
   */
  static decode(chunks: Iterable<Uint8Array>, options?: StatusIndexOptions): StatusIndex {
    const source = new StatusImageSource(chunks);
    const { scheme, rows } = source.readHeader();
    const index = StatusIndex.create(scheme, options);
    index.serials.restore(rows, (target) => source.readInto(target));
    source.readInto(index.rows.reserve(rows));
    source.verify();
    Atomics.store(index.control, CONTROL.rows, rows);
    index.#recount(rows);
    return index;
  }

  /**
   * Takes the whole state of an issued certificate.
   * @param serial content octets of the DER INTEGER
   * @returns whether anything changed: the same state again changes nothing
   * @throws StatusIndexError `invalid_serial` | `serial_out_of_range` | `final_revocation` | `capacity_exceeded`
   */
  put(serial: Uint8Array, certificate: IssuedCertificate): boolean {
    if (!readSerial(serial, this.words)) {
      throw new StatusIndexError('invalid_serial', 'A serial number is negative, empty or longer than 20 octets.');
    }
    const next = packState(certificate);
    const ordinal = this.serials.allot(this.words);
    const present = this.rows.read(ordinal);
    if (isFinal(present.flags) && !isFinal(next.flags)) {
      throw new StatusIndexError('final_revocation', 'Only a certificateHold can be taken back (RFC 5280, 5.3.1).');
    }
    if (isSame(present, next)) return false;
    this.rows.write(ordinal, next);
    this.#count(present.flags, next.flags);
    if (ordinal >= Atomics.load(this.control, CONTROL.rows)) Atomics.store(this.control, CONTROL.rows, ordinal + 1);
    Atomics.add(this.control, CONTROL.generation, 1);
    return true;
  }

  /** The index as it stands at this moment: it may be written out at leisure while `put` goes on. */
  encode(): StatusImage {
    const rows = Atomics.load(this.control, CONTROL.rows);
    return new StatusImage({
      header: { scheme: this.memory.scheme, rows },
      bodyLength: this.serials.imageLength(rows) + rows * ROW_OCTETS,
      serials: this.serials.image(rows),
      rows: this.rows.image(rows),
    });
  }

  #count(before: number, after: number): void {
    Atomics.add(this.control, CONTROL.issued, Number(isIssued(after)) - Number(isIssued(before)));
    Atomics.add(this.control, CONTROL.revoked, Number(isRevoked(after)) - Number(isRevoked(before)));
  }

  #recount(rows: number): void {
    for (let ordinal = 0; ordinal < rows; ordinal += 1) this.#count(0, this.rows.flags(ordinal));
  }
}

const isSame = (one: PackedState, other: PackedState): boolean =>
  one.flags === other.flags &&
  one.notAfter === other.notAfter &&
  one.revocationDate === other.revocationDate &&
  one.invalidityDate === other.invalidityDate;
