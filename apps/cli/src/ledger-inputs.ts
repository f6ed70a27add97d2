import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { buffer, text } from 'node:stream/consumers';
import { parseBillingPeriod } from '@kakunin/calendar';
import {
  directoryLedger,
  httpsLedger,
  type KeptReceipt,
  type LedgerSource,
  type LedgerVerificationInput,
  type PublishedPrices,
  type SignedDocument,
  type StatementVerificationInput,
} from '@kakunin/client/ledger';
import { z } from 'zod';
import { CliError } from './cli-error.ts';
import type { Context } from './context.ts';
import { whyNot } from './file-fault.ts';
import type { KeptFolder } from './ledger-kept.ts';
import { allOf } from './prices-api.ts';

export interface LedgerOptions {
  readonly statement?: string;
  readonly earlier: readonly string[];
  readonly creditNote: readonly string[];
  readonly receipts: readonly string[];
  readonly allReceipts?: true;
  readonly ledger?: string;
  readonly checkpoints?: string;
  readonly ledgerKey?: string;
  readonly signingKey?: string;
  readonly prices?: string;
}

interface Inputs {
  readonly input: LedgerVerificationInput;
  /** Absent: the ledger alone is to be verified. */
  readonly statement?: Omit<StatementVerificationInput, keyof LedgerVerificationInput>;
  close(): void;
}

/** Gathers what is to be held against each other: from files where they are named, else from the billing meter. */
export async function ledgerInputs(context: Context, options: LedgerOptions, kept: KeptFolder): Promise<Inputs> {
  const { ledger, close } = ledgerOf(context, options);
  const input: LedgerVerificationInput = {
    ledger,
    verifierKeys: await verifierKeysOf(context, options, kept),
    keptCheckpoints: kept.checkpoints(),
    ...(options.receipts.length > 0 && {
      receipts: { kept: receiptsOf(context, options), complete: options.allReceipts ?? false },
    }),
  };
  if (options.statement === undefined) return { input, close };
  const { statement } = options;
  const documents = parseBillingPeriod(statement)
    ? await documentsOfMonth(context, statement)
    : await documentsOfFiles(context, { ...options, statement });
  const signingKey = await signingKeyOf(context, options, kept);
  const publishedPrices = await pricesOf(context, options);
  return { input, statement: { ...documents, signingKey, publishedPrices }, close };
}

/** Where the ledger is read from. @throws CliError `usage`; `unreachable` from its reads */
export function ledgerOf(
  context: Context,
  { ledger }: Pick<LedgerOptions, 'ledger'>,
): { ledger: LedgerSource; close: () => void } {
  if (ledger !== undefined && !/^https?:/.test(ledger))
    return { ledger: directoryLedger(context.path(ledger)), close: () => undefined };
  const { ca, cert, key } = context.platformProviderTls();
  if (!cert || !key) throw new CliError('usage', 'The ledger is read as a PF provider: the profile names none.');
  const tls = {
    certificate: cert.toString(),
    key: key.toString(),
    ...(ca && { authorities: ca.toString() }),
  };
  const source = httpsLedger({ url: ledger ?? `${context.address('billingUrl')}/ledgers/${ownCode(context)}`, tls });
  const read = (path: string) =>
    source.read(path).catch((cause: unknown) => {
      throw new CliError('unreachable', `The ledger cannot be read: ${(cause as Error).message}`, { cause });
    });
  return { ledger: { read }, close: () => source.close() };
}

function ownCode(context: Context): string {
  const code = context.profile.platformProvider?.code;
  if (code === undefined) throw new CliError('usage', 'The profile names no PF provider whose ledger it would be.');
  return code;
}

async function documentsOfFiles(
  context: Context,
  { statement, earlier, creditNote }: Pick<LedgerOptions, 'earlier' | 'creditNote'> & { readonly statement: string },
) {
  const read = async (name: string): Promise<SignedDocument> => ({
    octets: await context.read(name),
    signature: await context.read(`${name}.sig`),
  });
  return {
    statement: await read(statement),
    earlierStatements: await Promise.all(earlier.map(read)),
    creditNotes: await Promise.all(creditNote.map(read)),
  };
}

/** The statement of the month with its credit notes, and all statements before it. */
async function documentsOfMonth(context: Context, period: string) {
  const meter = context.billingForPlatformProvider();
  const path = `/statements?customer=${ownCode(context)}&limit=1000`;
  const statements = await allOf(meter, path, z.object({ period: z.string() }));
  const periods = statements.map((statement) => statement.period).filter((earlier) => earlier < period);
  const read = async (month: string, name = 'statement.json'): Promise<SignedDocument> => {
    const document = `/statements/${month}/${ownCode(context)}/${name}`;
    return {
      octets: await buffer(await meter.download(document)),
      signature: await buffer(await meter.download(`${document}.sig`)),
    };
  };
  const earlierStatements: SignedDocument[] = [];
  for (const month of periods) earlierStatements.push(await read(month));
  const notes = await meter.get(`/statements/${period}/${ownCode(context)}/credit-notes`, creditNotesSchema);
  const creditNotes: SignedDocument[] = [];
  for (const { number } of notes.items) creditNotes.push(await read(period, `credit-notes/${number}/credit-note.json`));
  return { statement: await read(period), earlierStatements, creditNotes };
}

async function signingKeyOf(context: Context, { signingKey }: LedgerOptions, kept: KeptFolder): Promise<string> {
  if (signingKey !== undefined) return (await context.read(signingKey)).toString('utf8');
  return kept.signingKey ?? text(await context.billingForPlatformProvider().download('/signing-key'));
}

async function verifierKeysOf(
  context: Context,
  { ledgerKey }: LedgerOptions,
  kept: KeptFolder,
): Promise<readonly string[]> {
  const keys =
    ledgerKey === undefined
      ? (kept.ledgerKey ?? (await shownKey(context)))
      : (await context.read(ledgerKey)).toString('utf8');
  return keys.trim().split('\n');
}

/** The verifier keys of the profile's PF provider's ledger. */
export const ownLedgerKey = (context: Context): Promise<Readable> =>
  context.billingForPlatformProvider().download(`/ledgers/${ownCode(context)}/key`);

/** Whoever serves the ledger shows its key as well: worth as much as the first answer. */
async function shownKey(context: Context): Promise<string> {
  const key = await text(await ownLedgerKey(context));
  context.note(`The ledger's key comes from the meter itself: compare it with what you were given.\n${key.trim()}`);
  return key;
}

const creditNotesSchema = z.object({ items: z.array(z.object({ number: z.string().regex(/^[\w-]+$/) })) });

const receiptSchema = z.object({ ledger: z.string(), eventId: z.string(), recordHash: z.string() });

async function* receiptsOf(context: Context, { receipts }: LedgerOptions): AsyncGenerator<KeptReceipt> {
  for (const name of receipts) {
    let number = 0;
    for await (const line of linesOf(context, name)) {
      number += 1;
      const receipt = receiptSchema.safeParse(parseJson(line));
      if (!receipt.success) throw new CliError('usage', `${name}, line ${number}: this is no receipt.`);
      yield receipt.data;
    }
  }
}

/** A month of receipts is larger than a string may be: line by line. */
async function* linesOf(context: Context, name: string): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: createReadStream(context.path(name)), crlfDelay: Infinity });
  } catch (cause) {
    throw new CliError('usage', `${name} cannot be read: ${whyNot(cause)}.`, { cause });
  }
}

const pricesSchema = z.object({
  tariffs: z.array(z.unknown()),
  waivers: z.array(z.unknown()),
  commitments: z.array(z.unknown()),
});

async function pricesOf(
  context: Context,
  { prices }: LedgerOptions,
): Promise<StatementVerificationInput['publishedPrices']> {
  if (prices === undefined) return (knownAt) => publishedByMeter(context, knownAt);
  const read = pricesSchema.safeParse(parseJson((await context.read(prices)).toString('utf8')));
  if (!read.success) throw new CliError('usage', `${prices} holds no { tariffs, waivers, commitments }.`);
  return () => Promise.resolve(read.data);
}

async function publishedByMeter(context: Context, knownAt: number): Promise<PublishedPrices> {
  const meter = context.billingForPlatformProvider();
  const read = (kind: string) => allOf(meter, `/${kind}?knownAt=${knownAt}&limit=1000`, z.unknown());
  return { tariffs: await read('tariffs'), waivers: await read('waivers'), commitments: await read('commitments') };
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
