import {
  CertificatesError,
  type CsvLineParser,
  type ParsedLine,
  parseIndexTxtLine,
  readCsvHeader,
  textLines,
} from '@kakunin/certificates';
import type { z } from 'zod';
import { issuanceSchema, readIssuance } from '../certificates/issuance.ts';

export type TextFormat = 'index.txt' | 'csv' | 'ndjson';

type LineReader = (line: number, text: string) => ParsedLine | undefined;

/** Records of a text with one in each line. @throws CertificatesError `import_header_invalid` */
export async function* textList(format: TextFormat, text: AsyncIterable<Uint8Array>): AsyncGenerator<ParsedLine> {
  let read: LineReader | undefined = format === 'csv' ? undefined : READERS[format];
  for await (const line of textLines(text)) {
    if ('reason' in line) yield line;
    else if (read) {
      const parsed = read(line.line, line.text);
      if (parsed) yield parsed;
    } else read = headerOf(line.text);
  }
  if (!read) throw new CertificatesError('import_header_invalid', 'There is no line of columns. Nothing was imported.');
}

const READERS: Readonly<Record<Exclude<TextFormat, 'csv'>, LineReader>> = {
  'index.txt': parseIndexTxtLine,
  ndjson: readObject,
};

function readObject(line: number, text: string): ParsedLine {
  let object: unknown;
  try {
    object = JSON.parse(text);
  } catch {
    return { line, reason: 'The line is not JSON.' };
  }
  const issuance = issuanceSchema.safeParse(object);
  if (!issuance.success) return { line, reason: `Not understood: ${placeOf(issuance.error)}.` };
  const record = readIssuance(issuance.data);
  return record instanceof Error ? { line, reason: record.message } : { line, record };
}

/** The field alone: the message of a schema may quote what was sent. */
const placeOf = ({ issues: [issue] }: z.ZodError): string => issue?.path.join('.') || 'unknown fields, or no object';

function headerOf(text: string): CsvLineParser {
  const header = readCsvHeader(text);
  if ('reason' in header)
    throw new CertificatesError('import_header_invalid', `${header.reason} Nothing was imported.`);
  return header.parse;
}
