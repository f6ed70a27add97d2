import { text } from 'node:stream/consumers';
import { verifyLedger, verifyStatement, type StatementVerification } from '@kakunin/client/ledger';
import { Command } from 'commander';
import type { Context } from '../context.ts';
import { EXIT } from '../cli-error.ts';
import { KeptFolder } from '../ledger-kept.ts';
import { copyLedger, copyProgress } from '../ledger-copy.ts';
import { ledgerInputs, ledgerOf, ownLedgerKey, type LedgerOptions } from '../ledger-inputs.ts';
import { collect, outputOption } from '../options.ts';
import { groupDigits, renderTable } from '../table.ts';

export const ledgerCommand = (context: Context): Command =>
  new Command('ledger')
    .description('利用記録の台帳: what a payer can recompute')
    .addCommand(verify(context))
    .addCommand(copy(context))
    .addCommand(key(context));

interface VerifyOptions extends LedgerOptions {
  readonly output: string;
}

const verify = (context: Context): Command =>
  new Command('verify')
    .description('請求書を検証する: recompute a statement from the ledger, the receipts and the published prices')
    .option(
      '--statement <file|month>',
      'the statement, with FILE.sig beside it; or a month, from the meter. Without it: the ledger alone, as it is now',
    )
    .option('--earlier <file>', 'an earlier statement, with FILE.sig beside it; may be repeated', collect, [])
    .option(
      '--credit-note <file>',
      'credit-note.json of the statement, with FILE.sig beside it; may be repeated; with a month, all from the meter',
      collect,
      [],
    )
    .option('--receipts <file>', 'receipts that were kept (NDJSON); may be repeated', collect, [])
    .option('--all-receipts', 'a receipt was kept for every answer: then each charge must have one')
    .option('--ledger <url|directory>', "the ledger or a copy of it; else the profile's PF provider's, from the meter")
    .option('--checkpoints <directory>', 'keys and checkpoints that are kept; one is added when nothing is wrong')
    .option('--ledger-key <file>', 'verifier keys of the ledger, instead of those that are kept or the meter shows')
    .option('--signing-key <file>', 'PEM public key of the issuer, instead of the one that is kept or the meter shows')
    .option('--prices <file>', 'published prices as JSON { tariffs, waivers, commitments }; else from the meter')
    .addOption(outputOption('table', 'json'))
    .action(async (options: VerifyOptions) => {
      const kept = new KeptFolder(options.checkpoints === undefined ? undefined : context.path(options.checkpoints));
      const { input, statement, close } = await ledgerInputs(context, options, kept);
      try {
        const verification = statement ? await verifyStatement({ ...input, ...statement }) : await verifyLedger(input);
        show(context, options.output, verification);
        if (verification.findings.length > 0) context.exitCode = EXIT.failed;
        else kept.add({ ...input, ...statement }, verification);
      } finally {
        close();
      }
    });

const copy = (context: Context): Command =>
  new Command('copy')
    .description(
      '台帳を手元に複写する: bring the files of the ledger into a directory, for other tools; only what is new',
    )
    .argument('<directory>', 'where to; made when it is missing')
    .option('--ledger <url>', "the ledger; else the profile's PF provider's, from the meter")
    .action(async (directory: string, options: { ledger?: string }) => {
      const { ledger, close } = ledgerOf(context, options);
      try {
        const leaves = await copyLedger(ledger, context.path(directory), copyProgress(context.terminal));
        context.note(`The ledger has ${groupDigits(leaves)} leaves.`);
      } finally {
        close();
      }
    });

const key = (context: Context): Command =>
  new Command('key')
    .description('台帳の検証鍵: the verifier keys of the ledger, as the meter shows them')
    .action(async () => context.print(await text(await ownLedgerKey(context))));

/** Usage goes into the ledgers once a minute. */
const NOT_YET = `受け取ったばかりの受領票は、まだ台帳に載っていないことがあります。1 分ほど待って、もう一度お試しください。
A receipt of the last minute may not be in the ledger yet: try again in a minute.`;

function show(context: Context, output: string, { findings, counts, leaves, statement }: StatementVerification): void {
  if (output === 'json') {
    const summary = statement && {
      ...statement,
      quantity: statement.quantity.toString(),
      amountWithTax: statement.amountWithTax.toString(),
      owedWithTax: statement.owedWithTax.toString(),
    };
    context.printJson({ right: findings.length === 0, statement: summary, leaves, counts, findings });
    return;
  }
  if (statement) {
    const { number, customer, period, quantity, amountWithTax, owedWithTax, creditNotes } = statement;
    context.print(
      `請求書 statement ${number}: ${customer} ${period}, ${groupDigits(quantity)} 件 checks, ` +
        `税込 with tax ${groupDigits(amountWithTax)} 円 yen\n`,
    );
    if (creditNotes.length > 0)
      context.print(
        `返還 credit notes ${creditNotes.join(', ')}: 差引税込 owed with tax ${groupDigits(owedWithTax)} 円 yen\n`,
      );
  }
  context.print(`台帳 ledger: ${groupDigits(leaves)} 件 leaves\n`);
  if (findings.length === 0) {
    context.print('誤りはありません。 Everything is right.\n');
    return;
  }
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  context.print(`${groupDigits(all)} 件の誤りがあります。 Wrong: ${groupDigits(all)}\n`);
  context.print(
    renderTable(findings, [
      { title: '種別 kind', value: ({ kind }) => kind },
      { title: '内容', value: ({ ja }) => ja },
      { title: 'what it is', value: ({ en }) => en },
    ]),
  );
  if (all > findings.length) context.print(`… ${groupDigits(all - findings.length)} more of these kinds\n`);
  if (!statement && findings.every(({ kind }) => kind === 'receipt_without_leaf')) context.note(NOT_YET);
}
