import { Command } from 'commander';
import { formatJst } from '@kakunin/calendar';
import { EXIT } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { type CheckedCrl, checkCrl, type CrlOptions } from '../crl-check.ts';
import { outputOption } from '../options.ts';
import { groupDigits, renderTable } from '../table.ts';

export const crlCommand = (context: Context): Command =>
  new Command('crl').description('certificate revocation lists (RFC 5280)').addCommand(verify(context));

const verify = (context: Context): Command =>
  new Command('verify')
    .description('verify a CRL: issuer, signature, freshness, every entry; and look a certificate up in it')
    .requiredOption('--issuer <file>', "the authority's certificate, PEM or DER")
    .option('--authority <id>', "download the CRL of this authority from the profile's crlUrl")
    .option('--file <file>', 'a CRL that is here already (DER), `-` for stdin')
    .option('--certificate <file>', 'a certificate to look up, PEM or DER')
    .addOption(outputOption('table', 'json', 'der'))
    .action(async ({ output, ...options }: CrlOptions & { output: string }) => {
      const crl = await checkCrl(context, options);
      if (output === 'der') context.terminal.stdout.write(crl.der);
      else if (output === 'json') context.printJson(jsonOf(crl));
      else context.print(textOf(crl));
      if (crl.certificate === 'revoked') context.exitCode = EXIT.failed;
    });

function textOf({ number, thisUpdate, nextUpdate, entries, der, sha256, certificate }: CheckedCrl): string {
  const rows = [
    ['number', String(number)],
    ['this update', formatJst(thisUpdate)],
    ['next update', formatJst(nextUpdate)],
    ['entries', groupDigits(entries)],
    ['bytes', groupDigits(der.length)],
    ['sha-256', sha256],
    ...(certificate ? [['certificate', certificate]] : []),
  ];
  return renderTable(rows, [
    { title: 'crl', value: ([name = '']) => name },
    { title: 'verified', value: ([, value = '']) => value },
  ]);
}

const jsonOf = ({ number, thisUpdate, nextUpdate, entries, der, sha256, certificate }: CheckedCrl) => ({
  number: String(number),
  thisUpdate: new Date(thisUpdate).toISOString(),
  nextUpdate: new Date(nextUpdate).toISOString(),
  entries,
  bytes: der.length,
  sha256,
  ...(certificate && { certificate }),
});
