import { setImmediate as breathe } from 'node:timers/promises';
import { readEntry, type RevokedCertificate } from '@kakunin/crl';
import { DerReader, equalOctets, TAG } from '@kakunin/der';

/** An entry has at least 20 octets, so that two slots of five stay free. */
const OCTETS_PER_SLOT = 12;
/** Entries that are read in one go, about two milliseconds of them: checks go on meanwhile. */
const SLICE = 2_000;

/**
 * Where in a CRL a serial number stands: a hash table of offsets, a third to two thirds as large as the CRL, so that a
 * look-up takes a few microseconds however long the list is. Entries stay as they are, and are read when they are found.
 */
export class CrlIndex {
  readonly #entries: Uint8Array;
  /** Offset of an entry + 1; 0: free. The number of slots is a power of two. */
  readonly #slots: Uint32Array;

  private constructor(entries: Uint8Array) {
    this.#entries = entries;
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(entries.length / OCTETS_PER_SLOT + 2)));
  }

  /**
   * @param revokedCertificates content octets of the list
   * @throws DerError when an entry is malformed
   */
  static async of(revokedCertificates: Uint8Array): Promise<CrlIndex> {
    const index = new CrlIndex(revokedCertificates);
    const list = DerReader.of(revokedCertificates);
    for (let read = 1; !list.done; read++) {
      index.#add(list.element(TAG.sequence));
      if (read % SLICE === 0) await breathe();
    }
    return index;
  }

  /**
   * @param serialNumber INTEGER content octets
   * @throws DerError when the entry is malformed
   */
  find(serialNumber: Uint8Array): RevokedCertificate | undefined {
    for (let slot = this.#slotOf(serialNumber); this.#slots[slot]; slot = this.#after(slot)) {
      const entry = DerReader.of(this.#entries.subarray(this.#slots[slot]! - 1)).element(TAG.sequence);
      if (equalOctets(serialNumberOf(entry), serialNumber)) return readEntry(DerReader.of(entry).sequence());
    }
    return undefined;
  }

  #add(entry: Uint8Array): void {
    let slot = this.#slotOf(serialNumberOf(entry));
    while (this.#slots[slot]) slot = this.#after(slot);
    this.#slots[slot] = entry.byteOffset - this.#entries.byteOffset + 1;
  }

  /** FNV-1a. */
  #slotOf(serialNumber: Uint8Array): number {
    let hash = 0x811c9dc5;
    for (const octet of serialNumber) hash = Math.imul(hash ^ octet, 0x01000193);
    return (hash ^ (hash >>> 15)) & (this.#slots.length - 1);
  }

  #after(slot: number): number {
    return (slot + 1) & (this.#slots.length - 1);
  }
}

const serialNumberOf = (entry: Uint8Array): Uint8Array => DerReader.of(entry).sequence().integer();
