import { describe, expect, it } from 'vitest';
import { checkKey, checkPrefix } from './object-key.ts';

describe('checkKey', () => {
  it.each(['a', '7', 'crl/a.crl', 'a_b-c.d/0', 'a'.repeat(512)])('takes %j', (key) => {
    expect(checkKey(key)).toBe(key);
  });

  it.each(['', '/', 'a/', '/a', 'a//b', '.a', 'a/.b', '..', 'a/../b', 'A', 'é', 'a b', 'a\n', '-a', 'a'.repeat(513)])(
    'refuses %j',
    (key) => {
      expect(() => checkKey(key)).toThrow(expect.objectContaining({ code: 'invalid_key' }));
    },
  );
});

describe('checkPrefix', () => {
  it.each(['', 'a', 'a/', 'crl/a.'])('takes %j', (prefix) => {
    expect(checkPrefix(prefix)).toBe(prefix);
  });

  it.each(['/', '.', '../', 'a//', 'a/../', '.staging/'])('refuses %j', (prefix) => {
    expect(() => checkPrefix(prefix)).toThrow(expect.objectContaining({ code: 'invalid_key' }));
  });
});
