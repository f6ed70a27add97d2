import type { CertificateRecord, ParsedLine } from '@kakunin/certificates';
import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { CertificateRegistry } from '../certificates/certificate-registry.ts';
import type { RegistrationOutcome } from '../certificates/certificate-work.ts';
import { gathered } from './gathered.ts';
import type { ImportCounts, ImportState, ImportStore } from './import.store.ts';

const countsSchema = z.object({
  imported: z.int().describe('Lines that brought something new.'),
  unchanged: z.int().describe('Lines that said what was known.'),
  rejected: z.int(),
});
export const rejectionSchema = z.object({ line: z.int(), reason: z.string() });

/** A line of the answer to a list. */
export const importAnswerSchema = z.union([
  rejectionSchema.describe('A line (entry, certificate) that was not taken.'),
  z.object({ line: z.int(), outcome: z.enum(['imported', 'unchanged']) }).describe('Of NDJSON: a line that was taken.'),
  z
    .object({ progress: countsSchema.extend({ line: z.int() }) })
    .describe('All up to this line is dealt with, durably.'),
  z.object({ summary: countsSchema }).describe('The last one, when the list is complete.'),
  z
    .object({ problem: z.object({ code: z.string(), detail: z.string() }) })
    .describe('The last one, when something broke off: send the list again.'),
]);
export type ImportAnswer = z.infer<typeof importAnswerSchema>;

/** Lines a transaction: enough to make its cost small, few enough that a revocation in between does not wait long. */
const BATCH_LINES = 2_000;

export interface ImportRun {
  readonly registry: Pick<CertificateRegistry, 'register'>;
  readonly authorityId: string;
  readonly lines: AsyncIterable<ParsedLine>;
  /** Every line is answered, not only those that are rejected. */
  readonly answersEach: boolean;
  /** Where it is noted how far the list was taken, and how far it was already; absent: nowhere. */
  readonly kept?: { readonly store: ImportStore; readonly importId: string; readonly state: ImportState } | undefined;
}

/**
 * Takes a list of any length in bounded memory: batch by batch, each committed with its events and with how far the list
 * came. Lines that were dealt with before are passed over. Gives the answers of each batch when it is durable.
 * @throws CertificatesError `authority_unknown`; RegistryError `import_in_progress`; DatabaseError; what the lines throw
 */
export async function* runImport(run: ImportRun): AsyncGenerator<readonly ImportAnswer[]> {
  const { kept } = run;
  let { line = 0, imported = 0, unchanged = 0, rejected = 0 } = kept?.state ?? {};
  for await (const all of gathered(run.lines, BATCH_LINES)) {
    const batch = line < all[0]!.line ? all : all.filter((each) => each.line > line);
    if (batch.length === 0) continue;
    const to = batch.at(-1)!.line;
    const outcomes = await take(run, batch, { from: line, to });
    const counts = countsOf(outcomes);
    line = to;
    imported += counts.imported;
    unchanged += counts.unchanged;
    rejected += counts.rejected;
    yield [...answersTo(batch, outcomes, run.answersEach), { progress: { line, imported, unchanged, rejected } }];
  }
  if (kept) await kept.store.complete({ authorityId: run.authorityId, importId: kept.importId });
  yield [{ summary: { imported, unchanged, rejected } }];
}

/** What became of a line: why it was rejected, if it was. */
type LineOutcome = 'imported' | 'unchanged' | { readonly reason: string };

async function take(
  { registry, authorityId, kept }: ImportRun,
  batch: readonly ParsedLine[],
  place: { readonly from: number; readonly to: number },
): Promise<readonly LineOutcome[]> {
  const records: CertificateRecord[] = [];
  for (const line of batch) if ('record' in line) records.push(line.record);
  const outcomesOf = (registered: readonly RegistrationOutcome[]): readonly LineOutcome[] => {
    let next = 0;
    return batch.map((line) => ('record' in line ? outcomeOf(registered[next++]!) : line));
  };
  const note = async (client: PoolClient, registered: readonly RegistrationOutcome[]): Promise<void> => {
    if (!kept) return;
    const { store, importId } = kept;
    await store.advance(client, { authorityId, importId, ...place, counts: countsOf(outcomesOf(registered)) });
  };
  return outcomesOf(await registry.register(authorityId, records, note));
}

const outcomeOf = (outcome: RegistrationOutcome): LineOutcome =>
  typeof outcome === 'string' ? outcome : { reason: outcome.message };

function countsOf(outcomes: readonly LineOutcome[]): ImportCounts {
  const counts = { imported: 0, unchanged: 0, rejected: 0 };
  for (const outcome of outcomes) counts[typeof outcome === 'string' ? outcome : 'rejected'] += 1;
  return counts;
}

function answersTo(
  batch: readonly ParsedLine[],
  outcomes: readonly LineOutcome[],
  each: boolean,
): readonly ImportAnswer[] {
  const answers: ImportAnswer[] = [];
  for (const [index, { line }] of batch.entries()) {
    const outcome = outcomes[index]!;
    if (typeof outcome !== 'string') answers.push({ line, reason: outcome.reason });
    else if (each) answers.push({ line, outcome });
  }
  return answers;
}
