import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Page, pageOf, pageQuery, pageSchema } from './page.ts';

const key = z.tuple([z.string().max(32), z.int()]);
type Key = z.infer<typeof key>;
const querySchema = z.object(pageQuery(key));

/** A list of rows in the order of their key, asked as a store would ask its table. */
function read(rows: readonly Key[], query: Record<string, string>): Page<string> {
  const { cursor, limit } = querySchema.parse(query);
  const start = cursor ? rows.findIndex(([name, at]) => name === cursor[0] && at === cursor[1]) + 1 : 0;
  const page = pageOf({
    rows: rows.slice(start, start + limit + 1),
    limit,
    keyOf: (row) => row,
    itemOf: ([name, at]) => `${name} ${at}`,
  });
  return pageSchema(z.string()).parse(page);
}

describe('pages', () => {
  it('hold every row once, in order, whatever the limit', () => {
    const lists = fc.uniqueArray(fc.tuple(fc.string({ maxLength: 20 }), fc.integer()), {
      maxLength: 20,
      selector: String,
    });
    fc.assert(
      fc.property(lists, fc.integer({ min: 1, max: 7 }), (rows, limit) => {
        const items: string[] = [];
        let next: string | undefined;
        do {
          const page = read(rows, { limit: `${limit}`, ...(next !== undefined && { cursor: next }) });
          expect(page.items.length).toBeLessThanOrEqual(limit);
          items.push(...page.items);
          next = page.next;
        } while (next !== undefined);
        expect(items).toEqual(rows.map(([name, at]) => `${name} ${at}`));
      }),
    );
  });

  it('have no next when the last row fills the page', () => {
    expect(read([['a', 1]], { limit: '1' })).toEqual({ items: ['a 1'] });
  });

  it('refuse a cursor that is none of this list', () => {
    const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const cursor of [
      '',
      '*',
      'e30',
      encoded(['a']),
      encoded(['a', 'b']),
      encoded(['a'.repeat(33), 1]),
      encoded(['a\0', 1]),
      'A'.repeat(1_025),
    ])
      expect(querySchema.safeParse({ cursor }).success, cursor).toBe(false);
    expect(querySchema.parse({ cursor: encoded(['a', 1]) }).cursor).toEqual(['a', 1]);
  });

  it('keep the limit within bounds', () => {
    expect(querySchema.parse({}).limit).toBe(100);
    for (const limit of ['0', '-1', '1001', '1.5', '', 'all'])
      expect(querySchema.safeParse({ limit }).success, limit).toBe(false);
  });
});
