import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeptOctets } from './kept-octets.ts';

test('what was appended and not dropped, in order', () => {
  const step = fc.record({
    append: fc.uint8Array({ maxLength: 2_000 }),
    drop: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const kept = new KeptOctets();
      let model = Buffer.alloc(0);
      for (const { append, drop } of steps) {
        kept.append(append);
        model = Buffer.concat([model, append]);
        const count = Math.floor(drop * model.length);
        kept.dropFirst(count);
        model = model.subarray(count);
        expect(kept.length).toBe(model.length);
        expect(kept.view.equals(model)).toBe(true);
      }
    }),
  );
});
