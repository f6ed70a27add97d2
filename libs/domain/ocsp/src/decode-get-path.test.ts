import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeGetPath } from './decode-get-path.ts';

/** What stands for DER: its first octet makes base64 begin with `M`, and all else comes up. */
const der = fc.uint8Array({ maxLength: 200 }).map((rest) => Buffer.from([0x30, ...rest]));
const forms: Readonly<Record<string, (base64: string) => string>> = {
  'not encoded': (base64) => base64,
  'URL-encoded': encodeURIComponent,
  'URL-encoded in part': (base64) => base64.replaceAll('=', '%3d'),
  'without its padding': (base64) => base64.replace(/=+$/, ''),
  'with + turned into a space': (base64) => base64.replaceAll('+', ' '),
  'with + turned into an encoded space': (base64) => base64.replaceAll('+', '%20'),
  'behind a slash': (base64) => `/${base64}`,
  'behind several slashes': (base64) => `///${base64}`,
  'behind an encoded slash': (base64) => `%2F${base64}`,
};

test.each(Object.entries(forms))('base64 %s', (_, write) => {
  fc.assert(
    fc.property(der, (message) => {
      expect(decodeGetPath(write(message.toString('base64')))).toEqual(message);
    }),
  );
});

test('two slashes inside are base64 as any other', () => {
  const message = Buffer.from('30ffff', 'hex');
  expect(decodeGetPath('MP//')).toEqual(message);
  expect(decodeGetPath('MP%2F%2F')).toEqual(message);
});

test('base64url is refused', () => {
  const message = Buffer.from('30ffffbe', 'hex');
  for (const text of [message.toString('base64url'), 'MP-_']) expect(decodeGetPath(text)).toBeUndefined();
});

test.each(['', '/', 'M', 'MAA*', 'MA=A', 'MAA%', 'MA%GG', 'MAA%00', 'MAAA\n', 'MA%0D%0A', '認証'])(
  '%j is refused',
  (path) => {
    expect(decodeGetPath(path)).toBeUndefined();
  },
);

test('whatever the path is, nothing is thrown', () => {
  const path = fc.string({ unit: fc.constantFrom(...'MA29f+/= %é認\0') });
  fc.assert(
    fc.property(path, (text) => {
      const message = decodeGetPath(text);
      expect(message === undefined || message.length > 0).toBe(true);
    }),
  );
});
