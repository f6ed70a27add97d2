import { createWriteStream, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { CliError } from './cli-error.ts';
import type { Context } from './context.ts';
import { importAnswerSchema, type ImportSummary } from './registry-api.ts';

/** As many reasons as are shown; all of them are in the report. */
const MOST_ERRORS = 1_000;

export interface SentList {
  /** Where the registry takes lists of the authority. */
  readonly path: string;
  readonly octets: Readable;
  /** A file that gets all rejected lines, as NDJSON. */
  readonly report?: string | undefined;
  /** Whether the list, sent again, goes on where it was interrupted. */
  readonly isResumable: boolean;
}

/** Sends a list and listens while it is taken. @throws ServiceCallError; CliError when it broke off */
export async function sendList(
  context: Context,
  { path, octets, report, isResumable }: SentList,
): Promise<ImportSummary> {
  // Before anything is sent: a report that cannot be written is known at once.
  const file = report === undefined ? undefined : openReport(context.path(report));
  const answers = await context.registry().converse(path, octets, 'application/x-ndjson');
  const errors: ImportSummary['errors'] = [];
  let taken = 0;
  try {
    for await (const text of createInterface({ input: answers, crlfDelay: Infinity })) {
      const answer = importAnswerSchema.parse(JSON.parse(text));
      if ('reason' in answer) {
        file?.stream.write(`${text}\n`);
        if (errors.length < MOST_ERRORS) errors.push(answer);
      } else if ('progress' in answer) taken = answer.progress.line;
      else if ('summary' in answer) return { ...answer.summary, errors };
      else if ('problem' in answer) throw new CliError('failed', `The registry broke off: ${answer.problem.detail}`);
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw brokeOff(taken, isResumable, error);
  } finally {
    file?.stream.end();
    await file?.written;
  }
  throw brokeOff(taken, isResumable);
}

function openReport(path: string) {
  const stream = createWriteStream(path, { fd: openSync(path, 'w', 0o600) });
  const written = finished(stream);
  // Told when it is awaited: until then a full disk must not end the process.
  written.catch(() => undefined);
  return { stream, written };
}

function brokeOff(taken: number, isResumable: boolean, cause?: unknown): CliError {
  const again = isResumable ? 'it goes on from there' : 'what stands already is passed over';
  return new CliError('unreachable', `The registry went away. It has taken ${taken} lines. Run this again: ${again}.`, {
    cause,
  });
}
