import { Command } from 'commander';
import type { z } from 'zod';
import type { ServiceClient } from '@kakunin/service-client';
import { formatJst, jstDateOf } from '@kakunin/calendar';
import { CliError } from './cli-error.ts';
import type { Context } from './context.ts';
import { dryRunOption, outputOption, parseInstant, parseJstDay } from './options.ts';
import { allOf, type Entry } from './prices-api.ts';
import { pricingColumns } from './pricing-options.ts';
import { acknowledgedSchema } from './registry-api.ts';
import type { Column } from './table.ts';

/** What tells the kinds of a price book apart; what may be done with them is the same. */
export interface PriceKind<T extends Entry, Options> {
  /** As people call one. */
  readonly noun: string;
  /** Of the API. */
  readonly path: string;
  readonly client: (context: Context) => ServiceClient;
  readonly schema: z.ZodType<T>;
  readonly columns: readonly Column<T>[];
  /** Adds the options that say what an entry is. */
  readonly withOptions: (command: Command) => Command;
  /** What a new one needs, by the option that says it. */
  readonly needs: Readonly<Record<string, string>>;
  /** What the options say, and nothing of what they leave open. */
  readonly bodyOf: (options: Options) => object;
}

interface Changing {
  readonly dryRun?: boolean;
}

interface Correcting extends Changing {
  readonly reason: string;
  readonly openEnded?: boolean;
}

export const priceBookCommands = <T extends Entry, Options>(
  context: Context,
  kind: PriceKind<T, Options>,
): readonly Command[] => [
  listCommand(context, kind),
  revisionsCommand(context, kind),
  addCommand(context, kind),
  endCommand(context, kind),
  correctCommand(context, kind),
];

const listCommand = <T extends Entry, Options>(context: Context, kind: PriceKind<T, Options>): Command =>
  new Command('list')
    .description(`list the ${kind.noun}s`)
    .option('--known-at <instant>', 'as they were known then (default: now)', parseInstant)
    .addOption(outputOption('table', 'json'))
    .action(async ({ knownAt, output }: { knownAt?: number; output: string }) => {
      const path = knownAt === undefined ? kind.path : `${kind.path}?knownAt=${knownAt}`;
      context.printRows(output, await allOf(kind.client(context), path, kind.schema), [
        ...pricingColumns,
        ...kind.columns,
      ]);
    });

const revisionsCommand = <T extends Entry, Options>(context: Context, kind: PriceKind<T, Options>): Command =>
  new Command('revisions')
    .description(`all that was ever recorded of a ${kind.noun}, oldest first`)
    .argument('<id>', `the ${kind.noun}`)
    .addOption(outputOption('table', 'json'))
    .action(async (id: string, { output }: { output: string }) => {
      context.printRows(output, await revisionsOf(context, kind, id), [
        { title: 'recorded', value: ({ recordedAt }) => formatJst(recordedAt) },
        ...pricingColumns,
        ...kind.columns,
      ]);
    });

const addCommand = <T extends Entry, Options>(context: Context, kind: PriceKind<T, Options>): Command =>
  kind
    .withOptions(new Command('add').argument('<id>', 'a name that statements can quote'))
    .description(`record a ${kind.noun}; it may not overlap another of the same scope`)
    .addOption(dryRunOption())
    .action(async (id: string, options: Options & Changing) => {
      const body: object = { id, scope: {}, ...kind.bodyOf(options) };
      const missing = Object.keys(kind.needs).filter((key) => !(key in body));
      if (missing.length > 0) {
        const wanted = missing.map((key) => kind.needs[key]).join(', ');
        throw new CliError('usage', `A new ${kind.noun} needs ${wanted}.`);
      }
      if (options.dryRun) return context.printUnsent(body);
      await kind.client(context).post(kind.path, body, acknowledgedSchema);
      context.note(`The ${kind.noun} ${id} is recorded.`);
    });

/** Ending one on a day to come keeps the price of what was used until then. */
const endCommand = <T extends Entry, Options>(context: Context, kind: PriceKind<T, Options>): Command =>
  new Command('end')
    .description(`let a ${kind.noun} end`)
    .argument('<id>', `the ${kind.noun}`)
    .requiredOption('--to <day>', 'first day in Japan on which it no longer holds', parseJstDay)
    .addOption(dryRunOption())
    .action(async (id: string, { to, dryRun }: Changing & { to: number }) => {
      if (dryRun) return context.note(`Would end the ${kind.noun} ${id} before ${jstDateOf(to)}. Nothing was sent.`);
      await kind
        .client(context)
        .post(`${kind.path}/${encodeURIComponent(id)}/end`, { validTo: to }, acknowledgedSchema);
      context.note(`The ${kind.noun} ${id} ends before ${jstDateOf(to)}.`);
    });

const correctCommand = <T extends Entry, Options>(context: Context, kind: PriceKind<T, Options>): Command =>
  kind
    .withOptions(new Command('correct').argument('<id>', `the ${kind.noun}`))
    .description(
      `correct a mistake in a ${kind.noun}, for past days too: what an option says takes the place of what stands, a scope ` +
        'as a whole. What is closed stays as it was billed',
    )
    .option('--open-ended', 'it holds until further notice: an end that was recorded was the mistake')
    .requiredOption('--reason <text>', 'why, for the audit')
    .addOption(dryRunOption())
    .action(async (id: string, { reason, openEnded, ...options }: Options & Correcting) => {
      const latest = (await revisionsOf(context, kind, id)).at(-1);
      if (!latest) throw new CliError('failed', `There is no ${id}.`);
      const { id: _id, recordedAt: replaces, validTo, ...stands } = latest;
      const end = openEnded || validTo === undefined ? {} : { validTo };
      const body = { ...stands, ...end, ...kind.bodyOf(options as Options), replaces, reason };
      if (options.dryRun) return context.printUnsent(body);
      await kind.client(context).post(`${kind.path}/${encodeURIComponent(id)}/revisions`, body, acknowledgedSchema);
      context.note(`The ${kind.noun} ${id} is corrected. See what it was: revisions ${id}.`);
    });

const revisionsOf = <T extends Entry, Options>(context: Context, kind: PriceKind<T, Options>, id: string) =>
  allOf(kind.client(context), `${kind.path}/${encodeURIComponent(id)}/revisions`, kind.schema);
