import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import { z } from 'zod';
import type { BillingPeriod } from '@kakunin/calendar';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { whyNot } from '../file-fault.ts';
import { collect, dryRunOption, outputOption, parseJstDay, parsePeriod } from '../options.ts';
import { priceSchema } from '../prices-api.ts';
import { type Column, groupDigits, renderTable } from '../table.ts';

const integer = z.string().regex(/^-?\d+$/);
const amounts = { present: integer, simulated: integer, difference: integer };
const simulationSchema = z.object({
  customers: z.array(z.object({ customer: z.string(), quantity: integer, ...amounts })),
  total: z.object(amounts),
});
type Row = z.infer<typeof simulationSchema>['customers'][number];

interface SimulateOptions {
  readonly feeResumes?: number;
  readonly waiver?: readonly string[];
  readonly crlFrom?: number;
  readonly price?: readonly string[];
  readonly chart?: string;
  readonly output: 'table' | 'json' | 'csv';
  readonly dryRun?: boolean;
}

export const simulateCommand = (context: Context): Command =>
  new Command('simulate')
    .description('what months would cost, on the usage that was counted: 手数料の試算')
    .argument('<period...>', 'months in Japan, such as 2026-10', collectPeriod)
    .option('--fee-resumes <day>', 'from this day in Japan on no fee is waived', parseJstDay)
    .addOption(
      new Option('--waiver <id>', 'with --fee-resumes: this waiver alone ends; again for another').argParser(collect),
    )
    .option('--crl-from <day>', 'from this day in Japan on CRLs are used instead of OCSP', parseJstDay)
    .addOption(
      new Option(
        '--price <tariff=file>',
        'the tariff has the price of the JSON file (docs/reference/tariffs.md), - for stdin; again for another',
      ).argParser(collect),
    )
    .option('--chart <file>', 'write a chart to this file, as SVG')
    .addOption(outputOption('table', 'json', 'csv'))
    .addOption(dryRunOption())
    .action(async (periods: BillingPeriod[], options: SimulateOptions) => {
      const question = { periods, assumptions: await assumptionsOf(context, options) };
      if (options.dryRun) return context.printUnsent(question);
      if (options.chart !== undefined) await save(context, question, options.chart);
      await print(context, question, options.output);
    });

const collectPeriod = (text: string, previous: BillingPeriod[] = []): BillingPeriod[] => [
  ...previous,
  parsePeriod(text),
];

async function assumptionsOf(
  context: Context,
  { feeResumes, waiver = [], crlFrom, price = [] }: SimulateOptions,
): Promise<object[]> {
  if (waiver.length > 0 && feeResumes === undefined) {
    throw new CliError('usage', 'Say when the waiver ends: --fee-resumes.');
  }
  const resumes = { kind: 'fee_resumes', on: feeResumes };
  const ends = waiver.length > 0 ? waiver.map((waiverId) => ({ ...resumes, waiverId })) : [resumes];
  return [
    ...(feeResumes === undefined ? [] : ends),
    ...(crlFrom === undefined ? [] : [{ kind: 'crl_instead_of_ocsp', from: crlFrom }]),
    ...(await Promise.all(price.map((text) => priceReplaced(context, text)))),
  ];
}

async function priceReplaced(context: Context, text: string): Promise<object> {
  const [, tariffId, file] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (tariffId === undefined || file === undefined) {
    throw new CliError('usage', `--price ${text}: name the tariff and a file, such as ocsp-signature=tiers.json.`);
  }
  try {
    const price = priceSchema.parse(JSON.parse((await context.read(file)).toString('utf8')));
    return { kind: 'price_replaced', tariffId, price };
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw new CliError('usage', `${file} holds no price (docs/reference/tariffs.md).`, { cause });
  }
}

const path = (format: string): string => `/simulations?format=${format}`;

async function save(context: Context, question: object, file: string): Promise<void> {
  const chart = await context.billing().download(path('svg'), question);
  await pipeline(chart, createWriteStream(context.path(file))).catch((cause: unknown) => {
    throw new CliError('failed', `The chart is not in ${file}: ${whyNot(cause)}.`, { cause });
  });
  context.note(`The chart is in ${file}.`);
}

async function print(context: Context, question: object, output: SimulateOptions['output']): Promise<void> {
  if (output === 'table') {
    const { customers, total } = await context.billing().post(path('json'), question, simulationSchema);
    const quantity = customers.reduce((sum, row) => sum + BigInt(row.quantity), 0n).toString();
    context.print(
      `Yen before tax / 税抜、円\n${renderTable([...customers, { customer: '合計 total', quantity, ...total }], COLUMNS)}`,
    );
    return;
  }
  const answer = await context.billing().download(path(output), question);
  await pipeline(answer, context.terminal.stdout, { end: false }).catch((cause: unknown) => {
    throw new CliError('unreachable', 'The answer broke off: what was printed is not complete.', { cause });
  });
}

const figure = (title: string, value: (row: Row) => string): Column<Row> => ({
  title,
  value: (row) => groupDigits(value(row)),
  align: 'right',
});

const COLUMNS: readonly Column<Row>[] = [
  { title: 'お客様 customer', value: ({ customer }) => customer },
  figure('件数 checks', ({ quantity }) => quantity),
  figure('現行 present', ({ present }) => present),
  figure('試算 simulated', ({ simulated }) => simulated),
  figure('差額 difference', ({ difference }) => difference),
];
