import { describe, expect, it } from 'vitest';
import { allowsRange, evaluateConditions } from './conditional-request.ts';

const version = { etag: '"abc"', lastModified: Date.UTC(2026, 10, 1, 0, 0, 0, 700) };
const then = 'Sun, 01 Nov 2026 00:00:00 GMT';
const before = 'Sat, 31 Oct 2026 23:59:59 GMT';

describe('evaluateConditions', () => {
  it.each([
    [{}, 'perform'],
    [{ 'if-none-match': '"abc"' }, 'not_modified'],
    [{ 'if-none-match': 'W/"abc"' }, 'not_modified'],
    [{ 'if-none-match': '"x", "abc"' }, 'not_modified'],
    [{ 'if-none-match': '*' }, 'not_modified'],
    [{ 'if-none-match': '"x"' }, 'perform'],
    [{ 'if-none-match': 'abc' }, 'perform'],
    [{ 'if-modified-since': then }, 'not_modified'],
    [{ 'if-modified-since': before }, 'perform'],
    [{ 'if-modified-since': 'yesterday' }, 'perform'],
    [{ 'if-none-match': '"x"', 'if-modified-since': then }, 'perform'],
    [{ 'if-none-match': '"abc"', 'if-modified-since': before }, 'not_modified'],
    [{ 'if-match': '"abc"' }, 'perform'],
    [{ 'if-match': '*' }, 'perform'],
    [{ 'if-match': '"x"' }, 'precondition_failed'],
    [{ 'if-match': 'W/"abc"' }, 'precondition_failed'],
    [{ 'if-match': '"abc"', 'if-unmodified-since': before }, 'perform'],
    [{ 'if-match': '"abc"', 'if-none-match': '"abc"' }, 'not_modified'],
    [{ 'if-unmodified-since': then }, 'perform'],
    [{ 'if-unmodified-since': before }, 'precondition_failed'],
    [{ 'if-unmodified-since': 'yesterday' }, 'perform'],
  ])('of %j: %s', (headers, evaluation) => {
    expect(evaluateConditions(headers, version)).toBe(evaluation);
  });
});

it('ignores dates where the resource has none', () => {
  expect(evaluateConditions({ 'if-modified-since': then }, { etag: '"abc"' })).toBe('perform');
  expect(evaluateConditions({ 'if-unmodified-since': before }, { etag: '"abc"' })).toBe('perform');
});

describe('allowsRange', () => {
  it.each([
    ['', true],
    ['"abc"', true],
    ['"x"', false],
    ['W/"abc"', false],
    [then, true],
    [before, false],
    ['Sun, 01 Nov 2026 00:00:01 GMT', false],
    ['yesterday', false],
  ])('with If-Range %j: %j', (ifRange, allows) => {
    expect(allowsRange(ifRange, version)).toBe(allows);
  });
});
