import { expect, it } from 'vitest';
import { eventOfHeaders, isBinaryMode } from './binary-mode.ts';

it('takes attributes from headers, percent-decoded', () => {
  const headers = { 'ce-specversion': '1.0', 'ce-id': 'Euro%20%E2%82%AC', 'ce-source': '/a', host: 'localhost' };
  expect(isBinaryMode(headers)).toBe(true);
  expect(eventOfHeaders(headers, { a: 1 })).toEqual({ specversion: '1.0', id: 'Euro €', source: '/a', data: { a: 1 } });
});

it('does not take what is broken, or has no version', () => {
  expect(eventOfHeaders({ 'ce-specversion': '1.0', 'ce-id': '%E2%82' }, {})).toBeUndefined();
  expect(isBinaryMode({ 'content-type': 'application/json' })).toBe(false);
});

it('lets no header stand for the data, or for what every object has', () => {
  const event = eventOfHeaders({ 'ce-specversion': '1.0', 'ce-data': 'x', 'ce-__proto__': 'x' }, 'given');
  expect(event).toEqual({ specversion: '1.0', data: 'given' });
});
