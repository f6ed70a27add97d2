/**
 * Where a builder lays keys up by block while it reads certificates: memory, or files where memory would not do. Eight octets
 * a certificate in all. Synchronous, for it is called in the midst of a stream and best used in a worker.
 */
export interface Partitions {
  /** Adds octets to those of a block; they are the caller's again afterwards. */
  append(block: number, octets: Uint8Array): void;
  /** All octets of a block in the order in which they came, and forgets them; called once for each block. */
  take(block: number): Uint8Array;
}

/** In memory: 1.6 GB for 200 million certificates. */
export function memoryPartitions(): Partitions {
  const blocks = new Map<number, Uint8Array[]>();
  return {
    append: (block, octets) => {
      const chunks = blocks.get(block);
      if (chunks) chunks.push(new Uint8Array(octets));
      else blocks.set(block, [new Uint8Array(octets)]);
    },
    take: (block) => {
      const chunks = blocks.get(block) ?? [];
      blocks.delete(block);
      return concatenate(chunks);
    },
  };
}

/** One array of all octets. */
export function concatenate(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
