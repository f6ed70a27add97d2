import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { OctetIndex } from './octet-index.ts';

const viewOf = (octets: Uint8Array): DataView => new DataView(octets.buffer, octets.byteOffset, octets.length);

it('finds what a Map finds under the same octets, wherever they lie', () => {
  const key = fc.uint8Array({ maxLength: 9, max: 3 });
  fc.assert(
    fc.property(fc.array(key, { maxLength: 400 }), fc.nat({ max: 7 }), (keys, before) => {
      const index = new OctetIndex();
      const expected = new Map<string, number>();
      for (const octets of keys) {
        const text = Buffer.from(octets).toString('latin1');
        const within = viewOf(Buffer.concat([Buffer.alloc(before, 9), octets, Buffer.of(9)]));
        const end = before + octets.length;
        expect(index.find(within, before, end)).toBe(expected.get(text) ?? -1);
        if (expected.has(text)) continue;
        expect(index.add(octets)).toBe(expected.size);
        expected.set(text, expected.size);
        expect(index.find(within, before, end)).toBe(expected.get(text));
      }
    }),
  );
});

it('has room for many', () => {
  const index = new OctetIndex();
  const octets = Buffer.alloc(5);
  for (let number = 0; number < 20_000; number += 1) {
    octets.writeUInt32BE(number, 1);
    expect(index.add(octets)).toBe(number);
  }
  for (let number = 0; number < 20_000; number += 1) {
    octets.writeUInt32BE(number, 1);
    expect(index.find(viewOf(octets), 0, 5)).toBe(number);
  }
});
