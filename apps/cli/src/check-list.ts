import {
  type CsvLineParser,
  parseIndexTxtLine,
  type ParsedLine,
  readCsvHeader,
  textLines,
} from '@kakunin/certificates';
import type { ImportSummary } from './registry-api.ts';

export type ListFormat = 'index.txt' | 'csv';

/** As many reasons as the registry names. */
const MAX_ERRORS = 1_000;

/** Reads a list as the registry would, without telling it: how many lines are readable, and what is wrong with the others. */
export async function checkList(chunks: AsyncIterable<Uint8Array>, format: ListFormat): Promise<ImportSummary> {
  const summary = { imported: 0, unchanged: 0, rejected: 0, errors: [] as { line: number; reason: string }[] };
  const reject = (line: number, reason: string) => {
    summary.rejected += 1;
    if (summary.errors.length < MAX_ERRORS) summary.errors.push({ line, reason });
  };
  let parse: ((line: number, text: string) => ParsedLine | undefined) | undefined =
    format === 'index.txt' ? parseIndexTxtLine : undefined;
  for await (const item of textLines(chunks)) {
    if ('reason' in item) reject(item.line, item.reason);
    else if (parse) {
      const parsed = parse(item.line, item.text);
      if (parsed && 'reason' in parsed) reject(parsed.line, parsed.reason);
      else if (parsed) summary.imported += 1;
    } else {
      const header: { parse: CsvLineParser } | { reason: string } = readCsvHeader(item.text);
      if ('parse' in header) parse = header.parse;
      else {
        // Without a header no line means anything.
        reject(item.line, header.reason);
        return summary;
      }
    }
  }
  return summary;
}
