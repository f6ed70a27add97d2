import { BLOCK_OCTETS, KEY_RANGE_BITS, SEALED_OCTETS, writeBlock } from './seal-serial.ts';
import { SealingKeys } from './sealing-keys.ts';
import type { SerialMap } from './serial-map.ts';
import { significantFrom, writeOctets } from './serial-words.ts';
import type { StatusIndexMemory } from './shared-memory.ts';
import { StatusIndexError } from './status-index-error.ts';

/**
 * For authorities whose serial numbers the registry seals: the ordinal is decrypted from the serial number. Each range of
 * 4096 ordinals has one key version, that of the first certificate put there.
 */
export class SealedSerials implements SerialMap {
  readonly ascending = false;
  readonly #capacity: number;
  readonly #keys: SealingKeys;
  readonly #versions: Uint8Array;
  readonly #block = new Uint8Array(BLOCK_OCTETS);

  constructor({ capacity, sealed }: StatusIndexMemory) {
    this.#capacity = capacity;
    this.#keys = new SealingKeys(sealed!.keys);
    this.#versions = new Uint8Array(sealed!.versions);
  }

  find(octets: Uint8Array, start: number, end: number): number {
    const ordinal = this.#open(octets, start, end);
    return ordinal >= 0 && this.#versions[ordinal >>> KEY_RANGE_BITS] === octets[end - SEALED_OCTETS] ? ordinal : -1;
  }

  allot(serial: Uint8Array): number {
    const version = serial.length === SEALED_OCTETS ? serial[0]! : 0;
    if (version > 0 && !this.#keys.has(version)) throw keyUnknown(version);
    const ordinal = this.#open(serial, 0, serial.length);
    if (ordinal < 0) throw outOfRange('is not sealed by its authority, or beyond the capacity of the index');
    const range = ordinal >>> KEY_RANGE_BITS;
    const known = this.#versions[range]!;
    if (known !== 0 && known !== version) throw outOfRange('has another key version than others of its range');
    this.#versions[range] = version;
    return ordinal;
  }

  serialsOf(ordinals: Uint32Array, count: number): readonly Uint8Array[] {
    const version = this.#versions[ordinals[0]! >>> KEY_RANGE_BITS]!;
    const sealer = this.#keys.sealer(version);
    if (!sealer) throw keyUnknown(version);
    const blocks = new DataView(new ArrayBuffer(count * BLOCK_OCTETS));
    for (let index = 0; index < count; index += 1) writeBlock(blocks, index * BLOCK_OCTETS, ordinals[index]!);
    const sealed = sealer.update(blocks);
    const serials: Uint8Array[] = [];
    for (let start = 0; start < sealed.length; start += BLOCK_OCTETS) {
      const serial = new Uint8Array(SEALED_OCTETS);
      serial[0] = version;
      for (let index = 0; index < BLOCK_OCTETS; index += 1) serial[index + 1] = sealed[start + index]!;
      serials.push(serial);
    }
    return serials;
  }

  /** Versions of which certificates are in the index, and no key. */
  unknownKeyVersions(): number[] {
    const used = new Set(this.#versions);
    used.delete(0);
    return [...used].filter((version) => !this.#keys.has(version)).sort((one, other) => one - other);
  }

  writeSerial(ordinal: number, target: DataView, offset: number): number {
    return writeOctets(this.serialsOf(Uint32Array.of(ordinal), 1)[0]!, target, offset);
  }

  imageLength(rows: number): number {
    return Math.ceil(rows / 2 ** KEY_RANGE_BITS);
  }

  image(rows: number): Iterable<Uint8Array> {
    return [this.#versions.slice(0, this.imageLength(rows))];
  }

  restore(rows: number, read: (target: Uint8Array) => void): void {
    read(this.#versions.subarray(0, this.imageLength(rows)));
  }

  /** The ordinal; −1 for what this authority cannot have sealed. */
  #open(octets: Uint8Array, start: number, end: number): number {
    const first = significantFrom(octets, start, end);
    if (first < 0 || end - first !== SEALED_OCTETS) return -1;
    const opener = this.#keys.opener(octets[first]!);
    if (!opener) return -1;
    for (let index = 0; index < BLOCK_OCTETS; index += 1) this.#block[index] = octets[first + 1 + index]!;
    const opened = opener.update(this.#block);
    const high = opened.readUInt32BE(0) | opened.readUInt32BE(8) | opened.readUInt32BE(12);
    const ordinal = opened.readUInt32BE(4);
    return high === 0 && ordinal < this.#capacity ? ordinal : -1;
  }
}

const keyUnknown = (version: number): StatusIndexError =>
  new StatusIndexError(
    'sealing_key_unknown',
    `A serial number is sealed under key version ${version}, which is not known.`,
  );
const outOfRange = (why: string): StatusIndexError =>
  new StatusIndexError('serial_out_of_range', `A serial number ${why}.`);
