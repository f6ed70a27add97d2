import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { DerError } from './der-error.ts';
import { DerReader } from './der-reader.ts';
import { generalizedTime, time } from './der-value.ts';
import { encodeDer } from './encode-der.ts';
import { parseGeneralizedTime, parseUtcTime } from './time.ts';

const instantIn = (first: number, last: number) =>
  fc.integer({ min: Date.UTC(first, 0) / 1000, max: Date.UTC(last + 1, 0) / 1000 - 1 }).map((second) => second * 1000);
const octets = (text: string) => Buffer.from(text, 'latin1');

test('GeneralizedTime says what toISOString says, and is read back', () => {
  fc.assert(
    fc.property(instantIn(1000, 9999), fc.nat(999), (instant, milliseconds) => {
      const der = encodeDer(generalizedTime(instant + milliseconds));
      expect(der.toString('latin1', 2)).toBe(`${new Date(instant).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`);
      expect(DerReader.of(der).generalizedTime()).toBe(instant);
    }),
  );
});

test('Time is UTCTime from 1950 through 2049 and is read back on both sides of these years', () => {
  fc.assert(
    fc.property(instantIn(1900, 2100), (instant) => {
      const der = encodeDer(time(instant));
      const year = new Date(instant).getUTCFullYear();
      expect(der.length).toBe(year >= 1950 && year <= 2049 ? 15 : 17);
      expect(DerReader.of(der).time()).toBe(instant);
    }),
  );
});

test.each([
  '20261122',
  '202611220000Z',
  '20261122000000',
  '20261122000000.5Z',
  '20261122000000+0900',
  '20260229000000Z',
  '20261301000000Z',
  '20260001000000Z',
  '20261100000000Z',
  '20261122240000Z',
  '20261122006000Z',
  '20261231235960Z',
  '00991122000000Z',
  '2026112200000aZ',
])('no other form and no other calendar: %s', (text) => {
  expect(() => parseGeneralizedTime(octets(text))).toThrow(DerError);
});

test('UTCTime needs its seconds, and its zone', () => {
  expect(parseUtcTime(octets('491231235959Z'))).toBe(Date.UTC(2049, 11, 31, 23, 59, 59));
  expect(parseUtcTime(octets('500101000000Z'))).toBe(Date.UTC(1950, 0));
  for (const text of ['2611220000Z', '261122000000', '261122000000+0900'])
    expect(() => parseUtcTime(octets(text))).toThrow(DerError);
});
