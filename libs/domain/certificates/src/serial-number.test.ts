import { expect, it } from 'vitest';
import { normalizeSerialNumber } from './serial-number.ts';

it.each([
  ['0AFF', 'aff'],
  ['0x0a:ff', 'aff'],
  ['00', '0'],
  ['F'.repeat(40), 'f'.repeat(40)],
  ['', undefined],
  ['12 34', undefined],
  ['F'.repeat(41), undefined],
])('%s is %s', (text, serialNumber) => expect(normalizeSerialNumber(text)).toBe(serialNumber));
