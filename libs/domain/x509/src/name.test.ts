import { expect, test } from 'vitest';
import { encodeName, formatName } from './name.ts';

test('a name is shown with its last attribute first, and with its special characters escaped', () => {
  const name = encodeName([
    ['C', 'JP'],
    ['O', 'JPKI, for "tests"'],
    ['CN', '試験用認証局'],
  ]);
  expect(formatName(name)).toBe(String.raw`CN=試験用認証局, O=JPKI\, for \"tests\", C=JP`);
});

test('an attribute type without a short name is dotted', () => {
  expect(formatName(Buffer.from('300d310b300906035504050c023432', 'hex'))).toBe('2.5.4.5=42');
});
