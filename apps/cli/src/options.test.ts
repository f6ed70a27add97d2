import { expect, it } from 'vitest';
import { parseHttpUrl, parseInstant, parseJstDay, parsePeriod } from './options.ts';

it('takes a day as its first instant in Japan', () => {
  expect(parseInstant('2026-10-31')).toBe(Date.parse('2026-10-30T15:00:00Z'));
  expect(parseJstDay('2026-10-31')).toBe(Date.parse('2026-10-30T15:00:00Z'));
});

it('takes an instant only with its zone', () => {
  expect(parseInstant('2026-10-31T09:00:00+09:00')).toBe(Date.parse('2026-10-31T00:00:00Z'));
  expect(parseInstant('2026-10-31T00:00Z')).toBe(Date.parse('2026-10-31T00:00:00Z'));
  expect(() => parseInstant('2026-10-31T09:00:00')).toThrow(/zone/);
});

it.each(['2026-02-31', '31.10.2026', 'now', ''])('refuses %j', (text) => {
  expect(() => parseInstant(text)).toThrow();
  expect(() => parseJstDay(text)).toThrow();
});

it('takes months only', () => {
  expect(parsePeriod('2026-10')).toBe('2026-10');
  expect(() => parsePeriod('2026-13')).toThrow(/month/);
});

it('takes addresses of HTTP only', () => {
  expect(parseHttpUrl('http://127.0.0.1:8081/ocsp')).toBe('http://127.0.0.1:8081/ocsp');
  for (const text of ['127.0.0.1:8081', 'ocsp', 'file:///ocsp', '']) expect(() => parseHttpUrl(text)).toThrow(/http/);
});
