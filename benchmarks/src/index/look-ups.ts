import { packedState } from '@kakunin/status-index';
import type { StatusIndexReader } from '@kakunin/status-index';
import type { SerialWriter } from './serial-writer.ts';

export const LOOK_UPS = 2_000_000;

/** So many ordinals below `count` in random order, of those that `which` takes. */
export function ordinalsInRandomOrder(count: number, which: (ordinal: number) => boolean): Uint32Array {
  const ordinals = new Uint32Array(LOOK_UPS);
  for (let filled = 0; filled < LOOK_UPS;) {
    const ordinal = Math.floor(Math.random() * count);
    if (which(ordinal)) ordinals[filled++] = ordinal;
  }
  return ordinals;
}

/** CPU nanoseconds to find a serial number and its whole state, the lesser of two runs; the writing of it is taken off. */
export function lookUpTime(reader: StatusIndexReader, serialOf: SerialWriter, ordinals: Uint32Array): number {
  const state = packedState();
  let seen = 0;
  const writing = leastTime(ordinals, (ordinal) => (seen += serialOf(ordinal)[0]!));
  const whole = leastTime(ordinals, (ordinal) => {
    reader.stateAt(reader.locate(serialOf(ordinal)), state);
    seen += state.flags;
  });
  // What nobody uses may be left out by the compiler.
  if (seen === 0) throw new Error('nothing was looked up');
  return whole - writing;
}

/** CPU nanoseconds a call. */
export function leastTime(ordinals: Uint32Array, call: (ordinal: number) => void): number {
  let least = Infinity;
  for (let run = 0; run < 2; run += 1) {
    const began = process.threadCpuUsage();
    for (let index = 0; index < ordinals.length; index += 1) call(ordinals[index]!);
    const { user, system } = process.threadCpuUsage(began);
    least = Math.min(least, ((user + system) * 1000) / ordinals.length);
  }
  return least;
}

const FLOOR_WORDS = 2 ** 25;

/** CPU nanoseconds of a read whose place the read before it says: what one look-up in so much memory costs at the least. */
export function randomReadTime(): number {
  const words = new Uint32Array(new SharedArrayBuffer(FLOOR_WORDS * 4));
  // A linear congruential generator of full period (Hull and Dobell) leads through all places.
  for (let at = 0; at < FLOOR_WORDS; at += 1)
    words[at] = (Math.imul(at, 1_664_525) + 1_013_904_223) & (FLOOR_WORDS - 1);
  let at = 0;
  return leastTime(new Uint32Array(LOOK_UPS), () => {
    at = words[at]!;
  });
}
