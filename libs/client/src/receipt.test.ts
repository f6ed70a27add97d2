import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseReceipts } from './receipt.ts';
import { parseDictionary } from './structured-fields.ts';

const PRODUCER = '0123456789abcdef0123456789abcdef';
const HASH = Buffer.alloc(32, 7).toString('base64');
const one = `ledger="kakunin/test/pf", event="${PRODUCER}/17/3", leaf=:${HASH}:`;
const receipt = { ledger: 'kakunin/test/pf', eventId: `${PRODUCER}/17/3`, recordHash: HASH };

describe('a receipt', () => {
  it('is read, whatever else is said beside it', () => {
    expect(parseReceipts(one)).toEqual([receipt]);
    const twice = `leaf=(:${HASH}:  :${HASH}:);q=1 , event=("${PRODUCER}/17/3";a "${PRODUCER}/17/4"),later=?1, ledger="kakunin/test/pf"`;
    expect(parseReceipts(twice)).toEqual([receipt, { ...receipt, eventId: `${PRODUCER}/17/4` }]);
  });

  it.each([
    ['nothing', ''],
    ['no dictionary', 'abc def'],
    ['a comma at the end', `${one},`],
    ['no ledger', one.replace('ledger', 'lodger')],
    ['a token for the ledger', one.replace('"kakunin/test/pf"', 'kakunin/test/pf')],
    ['two ledgers', one.replace('"kakunin/test/pf"', '("a" "b")')],
    ['no event id', one.replace('/17/', '/017/')],
    ['no hash', one.replace(HASH, HASH.slice(0, 40))],
    ['octets for the event', one.replace(/event="[^"]*"/, 'event=:AAAA:')],
    ['more events than leaves', one.replace(/event=("[^"]*")/, 'event=($1 $1)')],
    ['no events', `ledger="a", event=(), leaf=()`],
    ['an open list', one.replace(/event=("[^"]*")/, 'event=($1')],
  ])('is none with %s', (_, header) => {
    expect(parseReceipts(header)).toBeUndefined();
  });

  it('never throws, at whatever a header holds', () => {
    const parts = [
      'ledger',
      'event',
      '=',
      '"',
      '(',
      ')',
      ':',
      ';',
      ',',
      ' ',
      'AAAA',
      `"${PRODUCER}/1/0"`,
      '\\',
      '?1',
      '%"',
    ];
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...parts), fc.string()), { maxLength: 20 }), (pieces) => {
        parseReceipts(pieces.join(''));
      }),
    );
  });
});

describe('a dictionary', () => {
  it.each([
    ['a=1, b=-2.5, c=tok*en/x, d=?0, e=@1659578233, f=%"%c3%bc", g', ['a', 'b', 'c', 'd', 'e', 'f', 'g']],
    ['a;x="y";z, b=("q" :AA==:);k', ['a', 'b']],
  ])('holds what RFC 9651 lets it hold: %s', (field, keys) => {
    expect([...(parseDictionary(field)?.keys() ?? [])]).toEqual(keys);
  });

  it('says the last of equal keys', () => {
    expect(parseDictionary('a="x", a="y \\"z\\""')?.get('a')).toEqual([{ type: 'string', text: 'y "z"' }]);
  });

  it.each(['A=1', 'a=', 'a="b', 'a=(1', 'a=:*:', 'a b', 'a=1;', 'a=("x""y")'])('is not: %s', (field) => {
    expect(parseDictionary(field)).toBeUndefined();
  });
});
