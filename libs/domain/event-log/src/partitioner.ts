const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/** Murmur2, 32 bits, as Kafka's own clients compute it; answers a signed integer. */
function murmur2(data: Uint8Array): number {
  let hash = SEED ^ data.length;
  const words = data.length & ~3;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let at = 0; at < words; at += 4) {
    let word = Math.imul(view.getUint32(at, true), M);
    word = Math.imul(word ^ (word >>> 24), M);
    hash = Math.imul(hash, M) ^ word;
  }
  for (let at = data.length - 1; at >= words; at--) hash ^= (data[at] ?? 0) << (8 * (at - words));
  if (words < data.length) hash = Math.imul(hash, M);
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}

/**
 * The partition of a key (its UTF-8 bytes), from 0 to `partitions` − 1: the same in every adapter, and the same that
 * Kafka's Java client chooses (`toPositive(murmur2(key)) % partitions`).
 */
export const partitionOf = (key: string, partitions: number): number =>
  (murmur2(new TextEncoder().encode(key)) & 0x7fffffff) % partitions;
