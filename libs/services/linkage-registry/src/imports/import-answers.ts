import { Readable } from 'node:stream';
import { DatabaseError } from '@kakunin/postgres';
import { z } from 'zod';
import { type ImportAnswer, rejectionSchema } from './run-import.ts';

const MOST_ERRORS = 1_000;

/** What became of a list. */
export const importSummarySchema = z.object({
  imported: z.int().describe('Lines that brought something new.'),
  unchanged: z.int().describe('Lines that said what was known.'),
  rejected: z.int(),
  errors: z.array(rejectionSchema).describe(`The first ${MOST_ERRORS} rejected lines.`),
});
export type ImportSummary = z.infer<typeof importSummarySchema>;

type Answers = AsyncGenerator<readonly ImportAnswer[]>;

/** All answers in one, for who does not listen while the list is taken. */
export async function summaryOf(answers: Answers): Promise<ImportSummary> {
  const errors: ImportSummary['errors'] = [];
  let counts = { imported: 0, unchanged: 0, rejected: 0 };
  try {
    for await (const batch of answers) {
      for (const answer of batch) {
        if ('reason' in answer && errors.length < MOST_ERRORS) errors.push(answer);
        else if ('progress' in answer) counts = answer.progress;
        else if ('summary' in answer) counts = answer.summary;
      }
    }
  } catch (error) {
    throw withProgress(error, counts.imported + counts.unchanged);
  }
  const { imported, unchanged, rejected } = counts;
  return { imported, unchanged, rejected, errors };
}

/** Batches before the fault are committed; whoever sent the list must know. */
function withProgress(error: unknown, lines: number): unknown {
  if (!(error instanceof DatabaseError)) return error;
  const done = `${lines} lines were taken before that and stay.`;
  return new DatabaseError(error.code, `The database went away. ${done} Send the whole list again when it is back.`, {
    cause: error,
  });
}

/**
 * Answers as NDJSON, as they come. What is refused before the first of them is thrown, as a status and a problem; later the
 * last line says it.
 */
export async function linesOf(answers: Answers, onFault: (error: unknown) => void): Promise<Readable> {
  const first = await answers.next();
  const rest = async function* (): AsyncGenerator<string> {
    try {
      for (let next = first; !next.done; next = await answers.next()) {
        yield next.value.map((answer) => `${JSON.stringify(answer)}\n`).join('');
      }
    } catch (error) {
      onFault(error);
      yield `${JSON.stringify({ problem: problemOf(error) })}\n`;
    }
  };
  return Readable.from(rest());
}

/** Errors without a code are ours, and no business of the caller's. */
function problemOf(error: unknown): { code: string; detail: string } {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (error instanceof Error && typeof code === 'string' && /^[a-z_]+$/.test(code))
    return { code, detail: String(message) };
  return { code: 'internal_error', detail: 'The list was not taken to its end. Send it again.' };
}
