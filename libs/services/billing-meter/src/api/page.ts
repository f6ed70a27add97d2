import { z } from 'zod';

const LARGEST_PAGE = 1_000;
const LONGEST_CURSOR = 1_024;

/** Items in the order of their key; `next` is the `cursor` of the page after, absent on the last one. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: string;
}

export const pageSchema = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item), next: z.string().exactOptional().describe('Absent on the last page.') });

/**
 * The query parameters of a list. A cursor is the key after which the page begins. It opens nothing that the query
 * without it would not show, so it is not signed, and it is read as strictly as whatever else callers send.
 * @param key of an item: short texts and numbers (a bigint as a decimal string)
 */
export const pageQuery = <Key>(key: z.ZodType<Key>) => ({
  cursor: z
    .base64url()
    .max(LONGEST_CURSOR)
    .transform((text, context): Key => {
      const read = key.safeParse(parseJson(text));
      if (read.success) return read.data;
      context.addIssue('Not a cursor of this list: take `next` of the page before as it is.');
      return z.NEVER;
    })
    .exactOptional()
    .describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(LARGEST_PAGE).default(100).describe('Most items of a page.'),
});

export interface PageInput<Row, Item, Key> {
  /** Up to `limit` + 1 rows after the cursor: the one too many says that there is a next page. */
  readonly rows: readonly Row[];
  readonly limit: number;
  readonly keyOf: (row: Row) => Key;
  readonly itemOf: (row: Row) => Item;
}

export function pageOf<Row, Item, Key>({ rows, limit, keyOf, itemOf }: PageInput<Row, Item, Key>): Page<Item> {
  const items = rows.slice(0, limit).map(itemOf);
  const last = rows[limit - 1];
  if (rows.length <= limit || last === undefined) return { items };
  return { items, next: Buffer.from(JSON.stringify(keyOf(last))).toString('base64url') };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'), (_name, value: unknown) => {
      // PostgreSQL takes no text with it.
      if (typeof value === 'string' && value.includes('\0')) throw new SyntaxError('NUL');
      return value;
    });
  } catch {
    return undefined;
  }
}
