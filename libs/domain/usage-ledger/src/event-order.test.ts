import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { EventOrder } from './event-order.ts';

const [a, b] = ['a'.repeat(32), 'b'.repeat(32)];

it('knows what it has seen, in whatever order segments come', () => {
  const visits = fc.array(fc.record({ producer: fc.constantFrom(a, b), sequence: fc.bigInt({ min: 1n, max: 12n }) }), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(visits, (ids) => {
      const order = new EventOrder();
      const seen = new Set<string>();
      for (const { producer, sequence } of ids) {
        const key = `${producer}/${sequence}`;
        const place = order.place({ producer, sequence, index: 0 });
        expect(place).toBe(seen.has(key) ? 'repeated' : 'next');
        seen.add(key);
      }
    }),
  );
});

it('numbers the events of a segment from 0, without gaps', () => {
  const order = new EventOrder();
  const places = [0, 1, 3, 4, 4, 2, 5].map((index) => order.place({ producer: a, sequence: 1n, index }));
  expect(places).toEqual(['next', 'next', 'gap', 'next', 'repeated', 'repeated', 'next']);
  expect(order.place({ producer: a, sequence: 2n, index: 1 })).toBe('gap');
});
