import { BlindListError } from './blind-list-error.ts';
import type { Key } from './equation.ts';

/** Keys as pairs of words, low before high; the lowest bit of the low word says whether the certificate is revoked. */
export type BlockKeys = Uint32Array<ArrayBuffer>;

/**
 * The distinct keys of a block.
 * @param keys sorted in place
 * @throws BlindListError `conflicting_status`
 */
export function distinct(keys: BlockKeys): BlockKeys {
  // Low before high is one integer where machines are little-endian. Elsewhere the two of a conflict would not meet here,
  // and their block be unsolvable instead.
  new BigUint64Array(keys.buffer, keys.byteOffset, keys.length / 2).sort();
  let end = 0;
  for (let at = 0; at < keys.length; at += 2) {
    const [low, high] = [keys[at]!, keys[at + 1]!];
    if (end > 0 && keys[end - 1] === high && (keys[end - 2]! ^ low) >>> 0 <= 1) {
      if (keys[end - 2] !== low) throw conflict();
      continue;
    }
    keys[end] = low;
    keys[end + 1] = high;
    end += 2;
  }
  return keys.subarray(0, end);
}

const conflict = (): BlindListError =>
  new BlindListError(
    'conflicting_status',
    'A certificate is given as revoked and as not revoked; or, once in millions of lists, two have the same key: then another salt will do.',
  );

/** The keys for which a question is answered with yes. @param chooses gets the same object for each */
export function select(keys: BlockKeys, chooses: (key: Key) => boolean): BlockKeys {
  const key = { low: 0, high: 0 };
  const selected = new Uint32Array(keys.length);
  let end = 0;
  for (let at = 0; at < keys.length; at += 2) {
    key.low = keys[at]!;
    key.high = keys[at + 1]!;
    if (!chooses(key)) continue;
    selected[end] = key.low;
    selected[end + 1] = key.high;
    end += 2;
  }
  return selected.slice(0, end);
}
