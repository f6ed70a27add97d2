import {
  type CertificateRecord,
  CertificatesError,
  type CsvLineParser,
  type ParsedLine,
  parseIndexTxtLine,
  readCsvHeader,
  textLines,
} from '@kakunin/certificates';
import { DatabaseError } from '@kakunin/postgres';
import { z } from 'zod';
import type { CertificateRegistry } from './certificate-registry.ts';

export type ListFormat = 'index.txt' | 'csv';

const MOST_ERRORS = 1_000;

/** What became of a list. */
export const importSummarySchema = z.object({
  imported: z.int().describe('Lines that brought something new.'),
  unchanged: z.int().describe('Lines that said what was known.'),
  rejected: z.int(),
  errors: z.array(z.object({ line: z.int(), reason: z.string() })).describe(`The first ${MOST_ERRORS} rejected lines.`),
});
export type ImportSummary = z.infer<typeof importSummarySchema>;

/** Lines a transaction: enough to make its cost small, few enough that a revocation in between does not wait long. */
const BATCH_LINES = 2_000;

type Accepted = Extract<ParsedLine, { readonly record: CertificateRecord }>;

export interface ImportInput {
  readonly registry: Pick<CertificateRegistry, 'register'>;
  readonly authorityId: string;
  readonly format: ListFormat;
  readonly text: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/**
 * Imports a list of any length in bounded memory. Every batch is committed as it comes; a list that is sent again
 * changes nothing that stands already.
 * @throws CertificatesError `import_header_invalid` | `authority_unknown`; DatabaseError `database_unavailable`
 */
export async function importCertificates({ registry, authorityId, format, text }: ImportInput): Promise<ImportSummary> {
  const summary: ImportSummary = { imported: 0, unchanged: 0, rejected: 0, errors: [] };
  let batch: Accepted[] = [];
  const commit = async (): Promise<void> => {
    const outcomes = await registry.register(
      authorityId,
      batch.map(({ record }) => record),
    );
    for (const [i, outcome] of outcomes.entries()) {
      if (outcome instanceof Error) reject(summary, { line: batch[i]!.line, reason: outcome.message });
      else summary[outcome]++;
    }
    batch = [];
  };
  try {
    for await (const parsed of parsedLines(format, text)) {
      if ('reason' in parsed) reject(summary, parsed);
      else if (batch.push(parsed) >= BATCH_LINES) await commit();
    }
    await commit();
  } catch (error) {
    throw withProgress(error, summary);
  }
  summary.errors.sort((a, b) => a.line - b.line);
  return summary;
}

async function* parsedLines(format: ListFormat, text: ImportInput['text']): AsyncGenerator<ParsedLine> {
  let parseCsv: CsvLineParser | undefined;
  for await (const line of textLines(text)) {
    if ('reason' in line) yield line;
    else if (format === 'index.txt') {
      const parsed = parseIndexTxtLine(line.line, line.text);
      if (parsed) yield parsed;
    } else if (parseCsv) yield parseCsv(line.line, line.text);
    else parseCsv = headerOf(line.text);
  }
}

function headerOf(text: string): CsvLineParser {
  const header = readCsvHeader(text);
  if ('reason' in header)
    throw new CertificatesError('import_header_invalid', `${header.reason} Nothing was imported.`);
  return header.parse;
}

function reject(summary: ImportSummary, error: { readonly line: number; readonly reason: string }): void {
  summary.rejected++;
  if (summary.errors.length < MOST_ERRORS) summary.errors.push({ line: error.line, reason: error.reason });
}

/** Batches before the fault are committed; whoever sent the list must know. */
function withProgress(error: unknown, { imported, unchanged }: ImportSummary): unknown {
  if (!(error instanceof DatabaseError)) return error;
  const done = `${imported + unchanged} lines were taken before that and stay.`;
  return new DatabaseError(error.code, `The database went away. ${done} Send the whole list again when it is back.`, {
    cause: error,
  });
}
