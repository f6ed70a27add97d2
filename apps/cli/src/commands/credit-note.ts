import { Command, InvalidArgumentError, Option } from 'commander';
import type { BillingPeriod } from '@kakunin/calendar';
import { CliError } from '../cli-error.ts';
import { creditNoteSchema } from '../closing-api.ts';
import type { Context } from '../context.ts';
import { dryRunOption, outputOption, parseInstant, parsePeriod } from '../options.ts';
import { groupDigits } from '../table.ts';

interface CreditNoteOptions {
  readonly reasonJa: string;
  readonly reasonEn: string;
  readonly line?: readonly LineQuantity[];
  readonly pricesKnownAt?: number;
  readonly cancel?: boolean;
  readonly dryRun?: boolean;
  readonly output: string;
}

interface LineQuantity {
  readonly line: number;
  readonly quantity: string;
}

export const creditNoteCommand = (context: Context): Command =>
  new Command('credit-note')
    .description('give back what a closed statement charged too much; look at it with --dry-run first')
    .argument('<period>', 'month of the statement, such as 2026-10', parsePeriod)
    .argument('<customer>', 'code of the platform provider')
    .requiredOption('--reason-ja <text>', 'shown to the customer')
    .requiredOption('--reason-en <text>', 'the same in English')
    .option('--line <number=quantity>', 'how many checks this line should have billed; more than once', parseLine)
    .option(
      '--prices-known-at <instant>',
      'rate again by prices as known then (2026-11-05, or with time and zone)',
      parseInstant,
    )
    .addOption(new Option('--cancel', 'give everything back').conflicts(['line', 'pricesKnownAt']))
    .addOption(dryRunOption())
    .addOption(outputOption('table', 'json'))
    .action(async (period: BillingPeriod, customer: string, options: CreditNoteOptions) => {
      const { reasonJa: ja, reasonEn: en, dryRun = false } = options;
      const path = `/statements/${period}/${encodeURIComponent(customer)}/credit-notes`;
      const body = { reason: { ja, en }, correction: correctionFrom(options), dryRun };
      const note = await context.billing().post(path, body, creditNoteSchema);
      if (options.output === 'json') return context.printJson(note);
      const { number, statement, totals, tax } = note;
      const title = dryRun ? '試算（未発行） / a dry run, not issued' : `${number} 発行済み / issued`;
      context.print(
        `${title}、${statement.number} に対する返還 / gives back of ${statement.number}\n` +
          `件数 checks ${groupDigits(totals.quantity)}  税抜 due ${groupDigits(totals.amountDue)}  ` +
          `消費税 tax ${groupDigits(tax.taxAmount)}  税込 total ${groupDigits(tax.amountWithTax)} 円 (yen)\n`,
      );
    });

function correctionFrom({ line, pricesKnownAt, cancel }: CreditNoteOptions): object {
  if (cancel) return { kind: 'cancellation' };
  if (line && pricesKnownAt === undefined) return { kind: 'quantities', lines: line };
  if (!line && pricesKnownAt !== undefined) return { kind: 'prices', knownAt: pricesKnownAt };
  throw new CliError('usage', 'Say what is right with one of --line, --prices-known-at and --cancel.');
}

function parseLine(text: string, before: readonly LineQuantity[] = []): readonly LineQuantity[] {
  const [, line, quantity] = /^([1-9]\d{0,6})=(\d{1,18})$/.exec(text) ?? [];
  if (line === undefined || quantity === undefined) throw new InvalidArgumentError('Such as 3=1200.');
  return [...before, { line: Number(line), quantity }];
}
