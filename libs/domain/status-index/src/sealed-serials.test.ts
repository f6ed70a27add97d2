import { randomFillSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sealSerial } from './seal-serial.ts';
import { StatusIndex } from './status-index.ts';
import { StatusIndexReader } from './status-index-reader.ts';
import { SEALING_KEY } from './testing/serials.ts';

const OTHER_KEY = Buffer.alloc(32, 0xaa);
const good = { notAfter: 0, carrier: 'card', status: { status: 'good' } } as const;
const revoked = { ...good, status: { status: 'revoked', reason: 'superseded', revocationDate: 64_000 } } as const;
const refused = (code: string) => expect.objectContaining({ code });

const indexWith = (...versions: number[]): StatusIndex =>
  StatusIndex.create(
    { kind: 'sealed' },
    { sealingKeys: new Map(versions.map((version) => [version, keyOf(version)])) },
  );
const keyOf = (version: number): Uint8Array => (version === 1 ? SEALING_KEY : OTHER_KEY);
const seal = (version: number, ordinal: number): Uint8Array => sealSerial(keyOf(version), version, ordinal);

describe('a sealed serial number', () => {
  // openssl enc -aes-256-ecb -nopad -K 000102…1f over 000000000bebc1ff 0000000000000000
  it('is one AES block behind the key version', () => {
    expect(Buffer.from(sealSerial(SEALING_KEY, 5, 199_999_999)).toString('hex')).toBe(
      '05e3c016612779bc7c92c73a086f868469',
    );
  });

  it('is never taken for issued when it is guessed, or lies beside one that was', () => {
    const index = indexWith(1);
    for (let ordinal = 0; ordinal < 1_000; ordinal += 1) index.put(seal(1, ordinal), good);
    const guess = Uint8Array.of(1, ...new Uint8Array(16));
    for (let count = 0; count < 10_000; count += 1) {
      randomFillSync(guess, 1);
      expect(index.locate(guess)).toBe(-1);
    }
    for (let ordinal = 0; ordinal < 30; ordinal += 1) {
      const serial = seal(1, ordinal);
      expect(index.locate(serial)).toBe(ordinal);
      for (let bit = 0; bit < 136; bit += 1) {
        const neighbour = serial.slice();
        neighbour[bit >> 3]! ^= 1 << (bit & 7);
        expect(index.flagsAt(index.locate(neighbour))).toBe(0);
      }
    }
  });

  it('is not issued when its ordinal was not, or lies beyond the capacity', () => {
    const index = indexWith(1);
    index.put(seal(1, 7), good);
    for (const ordinal of [6, 8, 4_096, 2 ** 28, 2 ** 32 + 7, 2 ** 52]) {
      expect(index.lookup(seal(1, ordinal))).toEqual({ state: 'not_issued' });
    }
    expect(() => index.put(seal(1, 2 ** 28), good)).toThrow(refused('serial_out_of_range'));
  });

  it.each([
    ['of other lengths', [seal(1, 7).subarray(1), Buffer.concat([Uint8Array.of(1), seal(1, 7)])]],
    ['that are negative', [Buffer.concat([Uint8Array.of(0x81), seal(1, 7).subarray(1)])]],
    ['of a version without a key', [Buffer.concat([Uint8Array.of(9), seal(1, 7).subarray(1)])]],
    ['under another key of the authority', [sealSerial(OTHER_KEY, 1, 7), seal(2, 7)]],
    ['that are counted', [Uint8Array.of(7), new Uint8Array()]],
  ])('is not any of those %s', (_, serials) => {
    const index = indexWith(1, 2);
    index.put(seal(1, 7), good);
    for (const serial of serials) expect(index.lookup(serial)).toEqual({ state: 'not_issued' });
    expect(index.lookup(Buffer.concat([Uint8Array.of(0), seal(1, 7)])).state).toBe('good');
  });
});

describe('sealing keys', () => {
  it('serve all readers from the moment that they are added', () => {
    const index = indexWith(1);
    const reader = new StatusIndexReader(index.memory);
    expect(() => index.put(seal(2, 4_096), revoked)).toThrow(refused('sealing_key_unknown'));
    index.addSealingKeys(new Map([[2, OTHER_KEY]]));
    index.put(seal(2, 4_096), revoked);
    expect(reader.lookup(seal(2, 4_096)).state).toBe('revoked');
  });

  it('are one for each 4096 ordinals', () => {
    const index = indexWith(1, 2);
    index.put(seal(1, 4_095), revoked);
    index.put(seal(2, 4_096), revoked);
    expect(() => index.put(seal(2, 0), revoked)).toThrow(refused('serial_out_of_range'));
    expect([...index.revokedEntries()].map(({ serial }) => serial)).toEqual([seal(1, 4_095), seal(2, 4_096)]);
  });

  it('are in no image, and an index without them says which it misses', () => {
    const index = indexWith(1, 2);
    index.put(seal(1, 0), revoked);
    index.put(seal(2, 8_192), revoked);
    const image = Buffer.concat([...index.encode()]);
    expect([image.includes(SEALING_KEY), image.includes(OTHER_KEY)]).toEqual([false, false]);
    const without = StatusIndex.decode([image], { sealingKeys: new Map([[2, OTHER_KEY]]) });
    expect(without.missingSealingKeys()).toEqual([1]);
    expect(() => [...without.revokedEntries()]).toThrow(refused('sealing_key_unknown'));
    without.addSealingKeys(new Map([[1, SEALING_KEY]]));
    expect(without.missingSealingKeys()).toEqual([]);
    expect([...without.revokedEntries()]).toEqual([...index.revokedEntries()]);
  });
});
