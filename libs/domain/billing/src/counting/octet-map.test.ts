import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { OctetMap } from './octet-map.ts';

const viewOf = (octets: Uint8Array): DataView => new DataView(octets.buffer, octets.byteOffset, octets.length);

it('keeps what a Map keeps under the same octets, wherever they lie', () => {
  const key = fc.uint8Array({ maxLength: 9, max: 3 });
  fc.assert(
    fc.property(fc.array(key, { maxLength: 400 }), fc.nat({ max: 7 }), (keys, before) => {
      const map = new OctetMap<number>();
      const expected = new Map<string, number>();
      for (const [index, octets] of keys.entries()) {
        const text = Buffer.from(octets).toString('latin1');
        const within = viewOf(Buffer.concat([Buffer.alloc(before, 9), octets, Buffer.of(9)]));
        const end = before + octets.length;
        expect(map.get(within, before, end)).toBe(expected.get(text));
        if (expected.has(text)) continue;
        expected.set(text, index);
        map.add(octets, index);
        expect(map.get(within, before, end)).toBe(index);
      }
      expect(map.values()).toEqual([...expected.values()]);
    }),
  );
});

it('has room for many', () => {
  const map = new OctetMap<number>();
  const octets = Buffer.alloc(4);
  for (let index = 0; index < 20_000; index += 1) {
    octets.writeUInt32BE(index);
    map.add(octets, index);
  }
  for (let index = 0; index < 20_000; index += 1) {
    octets.writeUInt32BE(index);
    expect(map.get(viewOf(octets), 0, 4)).toBe(index);
  }
});
