import { serialNumberOctets } from '@kakunin/x509';
import { describe, expect, it } from 'vitest';
import { StatusIndex } from './status-index.ts';
import { StatusIndexError } from './status-index-error.ts';

const ROWS = 36_000;
const serialOf = (ordinal: number): Uint8Array => serialNumberOctets((ordinal + 1).toString(16));
const good = { notAfter: 1_900_000_000_000, carrier: 'card', status: { status: 'good' } } as const;
const held = {
  ...good,
  status: { status: 'revoked', reason: 'certificateHold', revocationDate: 1_790_000_000_000 },
} as const;

function filled(kind: 'sequential' | 'random'): StatusIndex {
  const index = StatusIndex.create(kind === 'random' ? { kind } : { kind, first: '1' });
  for (let ordinal = 0; ordinal < ROWS; ordinal += 1) index.put(serialOf(ordinal), good);
  return index;
}

describe.each(['sequential', 'random'] as const)('an image of a %s index', (kind) => {
  it('is of one moment although rows change, and are added, while it is read', () => {
    const index = filled(kind);
    const image = index.encode();
    const chunks: Uint8Array[] = [];
    let touched = ROWS - 1;
    for (const chunk of image) {
      chunks.push(chunk);
      for (let count = 0; count < 10_000 && touched >= 0; count += 1, touched -= 1) index.put(serialOf(touched), held);
      index.put(serialOf(ROWS + chunks.length), good);
    }
    const read = StatusIndex.decode(chunks);
    expect([read.issuedCount, read.revokedCount]).toEqual([ROWS, 0]);
    expect(index.revokedCount).toBeGreaterThan(0);
    expect(chunks.reduce((sum, { length }) => sum + length, 0)).toBe(image.byteLength);
  });

  it('is refused when it is cut short, altered, longer or of another version', () => {
    const octets = Buffer.concat([...filled(kind).encode()]);
    const altered = (at: number): Buffer => {
      const copy = Buffer.from(octets);
      copy[at]! ^= 1;
      return copy;
    };
    const broken = [
      Buffer.alloc(0),
      octets.subarray(0, 10),
      octets.subarray(0, octets.length - 1),
      Buffer.concat([octets, Buffer.of(0)]),
      altered(3),
      Buffer.concat([Buffer.from('kakunin-status-index/1'), octets.subarray(22)]),
      altered(octets.indexOf('"rows"') + 7),
      altered(octets.length >> 1),
      altered(octets.length - 1),
    ];
    for (const image of broken) expect(() => StatusIndex.decode([image])).toThrow(StatusIndexError);
  });

  it('costs the index nothing once it is released', () => {
    const index = filled(kind);
    const image = index.encode();
    image.release();
    index.put(serialOf(0), held);
    // What was not kept for the image is what is there now.
    expect(StatusIndex.decode(image).revokedCount).toBe(1);
  });

  it('goes on where it stopped', () => {
    const index = StatusIndex.decode(filled(kind).encode());
    index.put(serialOf(ROWS), good);
    index.put(serialOf(3), held);
    expect([index.issuedCount, index.revokedCount]).toEqual([ROWS + 1, 1]);
    expect(index.lookup(serialOf(3))).toMatchObject({ state: 'revoked', reason: 'certificateHold' });
  });
});
