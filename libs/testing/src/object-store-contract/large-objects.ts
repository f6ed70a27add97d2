import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { ObjectStoreUnderTest } from './scene.ts';

const MEGABYTE = 1024 * 1024;
const PIECES = 200;
/** What may be held of 200 MB at a time, with what the runtime has not yet given back. */
const BOUND = 120 * MEGABYTE;

/** Pieces of a megabyte that differ; the highest use of memory so far is kept. */
class Large {
  peak = 0;
  readonly #start = process.memoryUsage.rss();
  readonly sha256 = createHash('sha256');

  *pieces(): Generator<Uint8Array> {
    const piece = Buffer.alloc(MEGABYTE, 'kakunin');
    for (let number = 0; number < PIECES; number++) {
      piece.writeUInt32BE(number);
      this.sha256.update(piece);
      yield Buffer.from(piece);
      this.look();
    }
  }

  look(): void {
    this.peak = Math.max(this.peak, process.memoryUsage.rss() - this.#start);
  }
}

/** What every adapter of `ObjectStore` must do whose storage is not this process's memory. */
export function largeObjectsContract(name: string, { empty }: ObjectStoreUnderTest): void {
  it(`${name} streams 200 MB there and back in bounded memory`, async () => {
    const [store] = await empty();
    const large = new Large();
    const staged = await store.stage(large.pieces());
    const sha256 = large.sha256.digest('hex');
    expect(staged).toMatchObject({ bytes: PIECES * MEGABYTE, sha256 });
    await staged.publish('large/1');
    await staged.discard();
    large.look();
    const hash = createHash('sha256');
    for await (const chunk of (await store.open('large/1'))?.read() ?? []) {
      hash.update(chunk);
      large.look();
    }
    expect(hash.digest('hex')).toBe(sha256);
    expect(large.peak).toBeLessThan(BOUND);
  });
}
