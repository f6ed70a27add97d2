/** A member's value, or each of its inner list; what is neither string nor octets counts as `other`. */
export type Item =
  | { readonly type: 'string'; readonly text: string }
  | { readonly type: 'octets'; readonly octets: Buffer }
  | { readonly type: 'other' };

// RFC 9651, section 4.2, token by token; each expression stands at the start of what is left.
const KEY = /^[a-z*][a-z0-9_.*-]*/;
const STRING = /^"((?:[ !#-[\]-~]|\\["\\])*)"/;
const OCTETS = /^:([A-Za-z0-9+/]*={0,2}):/;
const OTHER =
  /^(?:@?-?\d{1,15}(?:\.\d{1,3})?|[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*|\?[01]|%"(?:[ !#$&-~]|%[0-9a-f]{2})*")/;

/** What is left of a field's value. */
class Rest {
  #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get isEmpty(): boolean {
    return this.#text === '';
  }

  take(expression: RegExp): RegExpExecArray | undefined {
    const found = expression.exec(this.#text);
    if (!found) return undefined;
    this.#text = this.#text.slice(found[0].length);
    return found;
  }
}

/**
 * Reads a dictionary of structured fields (RFC 9651, section 4.2.2), parameters left out. The last of equal keys counts.
 * @returns undefined when it is none
 */
export function parseDictionary(field: string): ReadonlyMap<string, readonly Item[]> | undefined {
  const members = new Map<string, readonly Item[]>();
  const rest = new Rest(field.replaceAll(/^ +| +$/g, ''));
  while (!rest.isEmpty) {
    const key = rest.take(KEY)?.[0];
    const value = key === undefined ? undefined : parseMember(rest);
    if (key === undefined || !value || !skipParameters(rest)) return undefined;
    members.set(key, value);
    if (rest.isEmpty) break;
    if (!rest.take(/^[ \t]*,[ \t]*/) || rest.isEmpty) return undefined;
  }
  return members;
}

function parseMember(rest: Rest): readonly Item[] | undefined {
  if (!rest.take(/^=/)) return [{ type: 'other' }];
  if (!rest.take(/^\( */)) return listOf(parseItem(rest));
  const items: Item[] = [];
  while (!rest.take(/^\)/)) {
    const item = parseItem(rest);
    if (!item || !skipParameters(rest)) return undefined;
    items.push(item);
    if (!rest.take(/^ +/) && !rest.take(/^(?=\))/)) return undefined;
  }
  return items;
}

const listOf = (item: Item | undefined): readonly Item[] | undefined => item && [item];

function parseItem(rest: Rest): Item | undefined {
  const text = rest.take(STRING)?.[1];
  if (text !== undefined) return { type: 'string', text: text.replaceAll(/\\(.)/g, '$1') };
  const base64 = rest.take(OCTETS)?.[1];
  if (base64 !== undefined) return { type: 'octets', octets: Buffer.from(base64, 'base64') };
  return rest.take(OTHER) && { type: 'other' };
}

function skipParameters(rest: Rest): boolean {
  while (rest.take(/^; */)) {
    if (!rest.take(KEY) || (rest.take(/^=/) && !parseItem(rest))) return false;
  }
  return true;
}

/** @returns undefined when one of the items is no string, or there is no such member */
export const strings = (items: readonly Item[] | undefined): readonly string[] | undefined =>
  items?.every((item) => item.type === 'string') ? items.map(({ text }) => text) : undefined;

/** @returns undefined when one of the items is no byte sequence, or there is no such member */
export const byteSequences = (items: readonly Item[] | undefined): readonly Buffer[] | undefined =>
  items?.every((item) => item.type === 'octets') ? items.map(({ octets }) => octets) : undefined;
