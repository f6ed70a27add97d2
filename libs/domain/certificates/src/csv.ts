import { z } from 'zod';
import { authoritySchema, type CertificateStatus, fingerprintSchema, partitionSchema } from './certificate-event.ts';
import { csvFields } from './csv-fields.ts';
import {
  carrierSchema,
  type CertificateRecord,
  holderSchema,
  LineRefusal,
  type ParsedLine,
  parseLine,
  type Predecessor,
} from './import-record.ts';
import { GOOD, wholeSecond } from './life-cycle.ts';
import { REVOCATION_REASONS, type RevocationReason } from './revocation-reason.ts';
import { normalizeSerialNumber } from './serial-number.ts';

/** The columns of an import, in any order; the first two must be there. */
export const CSV_COLUMNS = [
  'serial_number',
  'not_after',
  'carrier',
  'status',
  'revocation_date',
  'reason',
  'holder',
  'predecessor',
  'fingerprint',
  'partition',
] as const;
type Column = (typeof CSV_COLUMNS)[number];

/** Reads the lines below a header. */
export type CsvLineParser = (line: number, text: string) => ParsedLine;

/** @returns a parser for the lines that follow, or the reason why the header will not do; never throws */
export function readCsvHeader(text: string): { readonly parse: CsvLineParser } | { readonly reason: string } {
  const names = csvFields(text)?.map((name) => name.trim().toLowerCase());
  if (!names) return { reason: 'The quotes of the header do not match.' };
  if (names.some((name) => !(CSV_COLUMNS as readonly string[]).includes(name)) || new Set(names).size < names.length) {
    return { reason: `The header names an unknown column, or one twice. Known: ${CSV_COLUMNS.join(', ')}.` };
  }
  if (!names.includes('serial_number') || !names.includes('not_after')) {
    return { reason: 'The first line must be a header with at least serial_number and not_after.' };
  }
  return { parse: (line, row) => parseLine(line, () => recordOf(fieldsOf(names as Column[], row))) };
}

type Fields = Partial<Record<Column, string>>;

/** Empty fields are left out: they count as not stated. */
function fieldsOf(columns: readonly Column[], text: string): Fields {
  const fields = csvFields(text);
  if (!fields) throw new LineRefusal('The quotes do not match (a field must end on its line).');
  if (fields.length !== columns.length) {
    throw new LineRefusal(`Expected ${columns.length} fields as in the header, found ${fields.length}.`);
  }
  return Object.fromEntries(
    columns.map((column, i) => [column, fields[i]!.trim()] as const).filter(([, value]) => value !== ''),
  );
}

function recordOf(fields: Fields): CertificateRecord {
  const { carrier, holder, predecessor, fingerprint, partition } = fields;
  const status = statusOf(fields);
  return {
    serialNumber: serialOf(fields.serial_number, 'serial_number'),
    notAfter: instantOf(fields.not_after, 'not_after'),
    ...(status !== undefined && { status }),
    ...(carrier !== undefined && {
      carrier: checked(carrierSchema, carrier, 'carrier is neither card nor smartphone.'),
    }),
    ...(holder !== undefined && {
      holder: checked(holderSchema, holder, 'holder is longer than 200 characters, or holds a control character.'),
    }),
    ...(predecessor !== undefined && { predecessor: predecessorOf(predecessor) }),
    ...(fingerprint !== undefined && {
      fingerprint: checked(
        fingerprintSchema,
        fingerprint.toLowerCase().replaceAll(':', ''),
        'fingerprint is not the 64 hexadecimal digits of a SHA-256.',
      ),
    }),
    ...(partition !== undefined && {
      partition: checked(partitionSchema, partition, 'partition is not 1 to 32 of a to z, 0 to 9 and -.'),
    }),
  };
}

function statusOf({ status, revocation_date, reason }: Fields): CertificateStatus | undefined {
  switch (status) {
    case undefined:
    case 'good':
      if (revocation_date !== undefined || reason !== undefined) {
        throw new LineRefusal('revocation_date and reason go with status revoked or held only.');
      }
      return status && GOOD;
    case 'held':
      if (reason !== undefined && reason !== 'certificateHold') {
        throw new LineRefusal('status held goes with the reason certificateHold only.');
      }
      return {
        status: 'revoked',
        revocationDate: instantOf(revocation_date, 'revocation_date'),
        reason: 'certificateHold',
      };
    case 'revoked':
      return {
        status: 'revoked',
        revocationDate: instantOf(revocation_date, 'revocation_date'),
        reason: checked(reasonSchema, reason ?? 'unspecified', 'reason is not one of RFC 5280, section 5.3.1.'),
      };
    default:
      throw new LineRefusal('status is none of good, revoked and held.');
  }
}

const reasonSchema = z.enum(Object.keys(REVOCATION_REASONS) as [RevocationReason, ...RevocationReason[]]);

/** `<serial number>`, or `<authority id>/<serial number>` when it is another authority's. */
function predecessorOf(text: string): Predecessor {
  const slash = text.lastIndexOf('/');
  const serialNumber = serialOf(text.slice(slash + 1), 'predecessor');
  if (slash < 0) return { serialNumber };
  const authorityId = authoritySchema.shape.authorityId;
  return {
    authorityId: checked(authorityId, text.slice(0, slash), 'predecessor names no authority id.'),
    serialNumber,
  };
}

function serialOf(text: string | undefined, column: Column): string {
  const serialNumber = normalizeSerialNumber(text ?? '');
  if (serialNumber === undefined) throw new LineRefusal(`${column} is not hexadecimal of at most 20 octets.`);
  return serialNumber;
}

const dateTimeSchema = z.iso.datetime({ offset: true });

/** An instant names its zone: a date without one would be read differently in Tokyo and in UTC. */
function instantOf(text: string | undefined, column: Column): number {
  const parsed = dateTimeSchema.safeParse(text);
  const instant = parsed.success ? wholeSecond(Date.parse(parsed.data)) : Number.NaN;
  if (Number.isNaN(instant) || instant < 0) {
    throw new LineRefusal(`${column} is not an instant with a zone, such as 2026-12-31T23:59:59+09:00.`);
  }
  return instant;
}

function checked<T>(schema: z.ZodType<T>, value: string, reason: string): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new LineRefusal(reason);
  return parsed.data;
}
