import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRegistrationNumber } from '../index.ts';

/** Published numbers of 国税庁, デジタル庁 and 日本税理士会連合会. */
const published = ['T7000012050002', 'T8000012010038', 'T7010705000725'];

describe('parseRegistrationNumber', () => {
  it.each(published)('takes %s', (text) => {
    expect(parseRegistrationNumber(text)).toBe(text);
  });

  it.each([
    '',
    '7000012050002',
    't7000012050002',
    'T700001205000',
    'T70000120500020',
    'T700001205000２',
    ' T7000012050002',
  ])('refuses %j', (text) => {
    expect(parseRegistrationNumber(text)).toBeUndefined();
  });

  it('finds each mistyped digit, but for 0 and 9 that were taken for one another', () => {
    fc.assert(
      fc.property(fc.constantFrom(...published), fc.integer({ min: 1, max: 13 }), fc.nat(9), (text, at, digit) => {
        const pair = `${text[at]}${digit}`;
        fc.pre(text[at] !== digit.toString() && (at === 1 || (pair !== '09' && pair !== '90')));
        expect(parseRegistrationNumber(`${text.slice(0, at)}${digit}${text.slice(at + 1)}`)).toBeUndefined();
      }),
    );
  });
});
