import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CSV_COLUMNS, type CsvLineParser, readCsvHeader } from './csv.ts';
import { csvFields } from './csv-fields.ts';

function parserOf(header: string): CsvLineParser {
  const result = readCsvHeader(header);
  if ('reason' in result) throw new Error(result.reason);
  return result.parse;
}
const all = parserOf(CSV_COLUMNS.join(','));
const NOT_AFTER = '2036-12-31T23:59:59+09:00';

describe('readCsvHeader', () => {
  it('takes columns in any order, and what is not stated stays away', () => {
    expect(parserOf('not_after,"serial_number"')(2, `${NOT_AFTER},00:0A:FF`)).toEqual({
      line: 2,
      record: { serialNumber: 'aff', notAfter: Date.parse(NOT_AFTER) },
    });
  });

  it('reads every column', () => {
    const line = `1f,${NOT_AFTER},smartphone,revoked,2026-04-01T09:30:00.900Z,superseded,"a ""b"", c",user-g1/1E,${'AB'.repeat(32)},13101`;
    expect(all(3, line)).toEqual({
      line: 3,
      record: {
        serialNumber: '1f',
        notAfter: Date.parse(NOT_AFTER),
        carrier: 'smartphone',
        status: { status: 'revoked', revocationDate: Date.UTC(2026, 3, 1, 9, 30), reason: 'superseded' },
        holder: 'a "b", c',
        predecessor: { authorityId: 'user-g1', serialNumber: '1e' },
        fingerprint: 'ab'.repeat(32),
        partition: '13101',
      },
    });
  });

  it.each([
    ['serial_number', /at least/],
    ['serial_number,not_after,name', /unknown column/],
    ['serial_number,not_after,not_after', /one twice/],
    ['"serial_number,not_after', /quotes/],
    [`01,${NOT_AFTER}`, /unknown column/],
  ])('refuses the header %s', (header, reason) => {
    expect(readCsvHeader(header)).toEqual({ reason: expect.stringMatching(reason) });
  });
});

describe('a line', () => {
  const columns = parserOf('serial_number,not_after,carrier,status,revocation_date,reason,predecessor,fingerprint');
  it.each([
    [`1,${NOT_AFTER}`, /Expected 8 fields/],
    [`,${NOT_AFTER},,,,,,`, /serial_number/],
    ['1,2036-12-31,,,,,,', /with a zone/],
    ['1,2036-12-31T23:59:59,,,,,,', /with a zone/],
    [`1,${NOT_AFTER},watch,,,,,`, /carrier/],
    [`1,${NOT_AFTER},,lost,,,,`, /status/],
    [`1,${NOT_AFTER},,good,2026-04-01T00:00:00Z,,,`, /revoked or held/],
    [`1,${NOT_AFTER},,revoked,,,,`, /revocation_date/],
    [`1,${NOT_AFTER},,revoked,2026-04-01T00:00:00Z,removeFromCRL,,`, /RFC 5280/],
    [`1,${NOT_AFTER},,held,2026-04-01T00:00:00Z,superseded,,`, /certificateHold/],
    [`1,${NOT_AFTER},,,,,NO GOOD/1,`, /authority id/],
    [`1,${NOT_AFTER},,,,,,abc`, /64 hexadecimal/],
    [`1,"${NOT_AFTER},,,,,,`, /quotes/],
  ])('%s is refused with a reason', (text, reason) => {
    expect(columns(9, text)).toEqual({ line: 9, reason: expect.stringMatching(reason) });
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void all(1, text)));
  });
});

it('fields come back as they were quoted', () => {
  const field = fc.string().filter((text) => !/[\r\n]/.test(text));
  fc.assert(
    fc.property(fc.array(field, { minLength: 1 }), (fields) => {
      const line = fields.map((text) => `"${text.replaceAll('"', '""')}"`).join(',');
      expect(csvFields(line)).toEqual(fields);
    }),
  );
});
