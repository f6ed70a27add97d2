import { Command } from 'commander';
import { formatJst } from '@kakunin/calendar';
import { type BlindListCheck, type BlindListOptions, checkBlindList } from '../blind-list-check.ts';
import { EXIT } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { collect, outputOption } from '../options.ts';

export const blindListCommand = (context: Context): Command =>
  new Command('blind-list')
    .description('ブラインド失効リスト: revocation lists that hold no serial numbers')
    .addCommand(check(context));

const EXITS = { good: EXIT.good, revoked: EXIT.failed, not_covered: EXIT.unreachable } as const;

const check = (context: Context): Command =>
  new Command('check')
    .description('証明書が失効しているか: verify a list and look a certificate up in it, here; nobody is asked')
    .argument('<certificate>', 'PEM or DER, `-` for stdin')
    .requiredOption('--issuer <file>', "the authority's certificate, PEM or DER")
    .option('--list <file>', 'the list, with FILE.sig beside it')
    .option('--url <url>', 'in place of --list: where the CRLs are published, such as https://crl.example.jp/crl')
    .option('--authority <id>', 'with --url: whose list, as the manifest calls it')
    .option('--delta <file>', 'what follows the list, with FILE.sig beside it; may be repeated, in order', collect, [])
    .requiredOption('--signing-key <file>', "the publisher's public key, PEM (Ed25519)")
    .addOption(outputOption('table', 'json'))
    .action(async (certificate: string, { output, ...options }: BlindListOptions & { output: string }) => {
      const checked = await checkBlindList(context, certificate, options);
      if (output === 'json') context.printJson(jsonOf(checked));
      else context.print(textOf(checked));
      context.exitCode = EXITS[checked.result.status];
    });

const WHY = {
  other_authority: 'the list is of another authority, or another key of it',
  newer: 'the certificate may be newer than the list',
  expired: 'it had expired when the list was made',
  out_of_date: 'the list is out of date, or from the future',
} as const;

function textOf({ facts, result }: BlindListCheck): string {
  const why = result.status === 'not_covered' ? `: ${WHY[result.because]} (${result.because})` : '';
  return `${result.status}${why}\nlist ${facts.number}, as of ${formatJst(facts.thisUpdate)}\n`;
}

const jsonOf = ({ facts, result }: BlindListCheck) => ({
  ...result,
  list: {
    number: facts.number,
    thisUpdate: new Date(facts.thisUpdate).toISOString(),
    nextUpdate: new Date(facts.nextUpdate).toISOString(),
    issuedBefore: new Date(facts.issuedBefore).toISOString(),
  },
});
