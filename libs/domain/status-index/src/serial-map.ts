import type { SerialScheme } from '@kakunin/certificates';
import { RandomSerials } from './random-serials.ts';
import { SealedSerials } from './sealed-serials.ts';
import { SequentialSerials } from './sequential-serials.ts';
import type { StatusIndexMemory } from './shared-memory.ts';

/** How serial numbers become ordinals, and back; one implementation for each kind of `SerialScheme`. */
export interface SerialMap {
  /** Whether serial numbers ascend with ordinals. */
  readonly ascending: boolean;
  /**
   * The ordinal of the serial number from `start` to `end`, content octets of a DER INTEGER; −1 when the authority cannot
   * have issued it or has not.
   */
  find(octets: Uint8Array, start: number, end: number): number;
  /**
   * Writer only: the ordinal of a serial number that was issued; a new one when it is new.
   * @throws StatusIndexError `serial_out_of_range` | `sealing_key_unknown` | `capacity_exceeded`
   */
  allot(serial: Uint8Array): number;
  /**
   * Content octets of the DER INTEGERs of `count` ordinals, all of one page. Good until the next call.
   * @throws StatusIndexError `sealing_key_unknown`
   */
  serialsOf(ordinals: Uint32Array, count: number): readonly Uint8Array[];
  /**
   * Writes the content octets of the DER INTEGER of one ordinal, and perhaps something into the word of four octets that they
   * end in.
   * @returns how many
   * @throws StatusIndexError `sealing_key_unknown`
   */
  writeSerial(ordinal: number, target: DataView, offset: number): number;
  /** Octets that the first `rows` serial numbers take in an image. */
  imageLength(rows: number): number;
  image(rows: number): Iterable<Uint8Array>;
  /** Writer only, on an empty map: takes the serial numbers of an image, which `read` fills in. */
  restore(rows: number, read: (target: Uint8Array) => void): void;
}

/** Room for another scheme is here and in {@link SerialScheme}, nowhere else. */
const MAPS: { readonly [Kind in SerialScheme['kind']]: (memory: StatusIndexMemory) => SerialMap } = {
  sequential: (memory) => new SequentialSerials(memory),
  sealed: (memory) => new SealedSerials(memory),
  random: (memory) => new RandomSerials(memory),
};

export const serialMapOf = (memory: StatusIndexMemory): SerialMap => MAPS[memory.scheme.kind](memory);
