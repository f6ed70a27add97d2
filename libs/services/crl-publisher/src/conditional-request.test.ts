import { describe, expect, it } from 'vitest';
import { isNotModified } from './conditional-request.ts';

const version = { etag: '"abc"', lastModified: Date.UTC(2026, 9, 31, 1, 2, 3, 456) };

describe('isNotModified', () => {
  it.each([
    [{}, false],
    [{ 'if-none-match': '"abc"' }, true],
    [{ 'if-none-match': 'W/"abc"' }, true],
    [{ 'if-none-match': '"x", "abc"' }, true],
    [{ 'if-none-match': '*' }, true],
    [{ 'if-none-match': '"x"' }, false],
    [{ 'if-none-match': 'abc' }, false],
    [{ 'if-modified-since': 'Sat, 31 Oct 2026 01:02:03 GMT' }, true],
    [{ 'if-modified-since': 'Sat, 31 Oct 2026 01:02:02 GMT' }, false],
    [{ 'if-modified-since': 'yesterday' }, false],
    [{ 'if-none-match': '"x"', 'if-modified-since': 'Sat, 31 Oct 2026 01:02:03 GMT' }, false],
  ])('%j: %s', (headers, expected) => {
    expect(isNotModified(headers, version)).toBe(expected);
  });
});
