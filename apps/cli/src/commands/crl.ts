import { Command } from 'commander';
import type { CrlSyncReport } from '@kakunin/client/crl';
import { formatJst } from '@kakunin/calendar';
import { EXIT } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { type CheckedCrl, checkCrl, type CrlOptions } from '../crl-check.ts';
import { type CrlSyncOptions, syncDirectory } from '../crl-sync.ts';
import { collect, outputOption, parseHttpUrl } from '../options.ts';
import { groupDigits, renderTable } from '../table.ts';

export const crlCommand = (context: Context): Command =>
  new Command('crl')
    .description('certificate revocation lists (RFC 5280)')
    .addCommand(verify(context))
    .addCommand(sync(context));

const verify = (context: Context): Command =>
  new Command('verify')
    .description('verify a CRL: issuer, signature, freshness, every entry; and look a certificate up in it')
    .requiredOption('--issuer <file>', "the authority's certificate, PEM or DER")
    .option('--authority <id>', "download the CRL of this authority from the profile's crlUrl")
    .option('--file <file>', 'a CRL that is here already, DER or PEM, `-` for stdin')
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

const sync = (context: Context): Command =>
  new Command('sync')
    .description('keep a local copy of published CRLs: by patches where there are any; everything is verified')
    .argument('<url>', 'where the CRLs are published, such as https://crl.example.jp/crl', parseHttpUrl)
    .argument('<directory>', 'where the copy is; made where it is missing')
    .requiredOption('--manifest-key <file>', "the publisher's public key, PEM (Ed25519)")
    .requiredOption('--authority <id=file>', "whose CRLs, and the authority's certificate; may be repeated", collect)
    .option('--partition <label>', 'a partition too, or `all`; may be repeated', collect, [])
    .option('--delta', 'deltas too')
    .addOption(outputOption('table', 'json'))
    .action(async (url: string, directory: string, { output, ...options }: CrlSyncOptions & { output: string }) => {
      const report = await syncDirectory(context, { url, directory }, options);
      if (output === 'json') context.printJson(syncedJson(report));
      else context.print(syncedText(report));
      context.exitCode = exitOf(report);
    });

/** Whatever could not be relied upon counts for more than what could not be reached. */
function exitOf({ failures }: CrlSyncReport): number {
  if (failures.length === 0) return EXIT.good;
  const isAway = failures.every(({ code }) => code === 'unreachable' || code === 'refused');
  return isAway ? EXIT.unreachable : EXIT.failed;
}

function syncedText({ crls, failures }: CrlSyncReport): string {
  const failed = failures.map(({ name, code, message }) => `${name}: ${message} (${code})\n`).join('');
  if (crls.length === 0) return failed;
  const table = renderTable(crls, [
    { title: 'file', value: ({ name }) => name },
    { title: 'number', value: ({ crlNumber }) => String(crlNumber), align: 'right' },
    { title: 'next update', value: ({ nextUpdate }) => formatJst(nextUpdate) },
    { title: 'bytes', value: ({ bytes }) => groupDigits(bytes), align: 'right' },
    { title: 'transferred', value: ({ transferred }) => groupDigits(transferred), align: 'right' },
    { title: 'how', value: ({ outcome }) => outcome },
  ]);
  return table + failed;
}

const syncedJson = ({ crls, failures }: CrlSyncReport) => ({
  crls: crls.map((crl) => ({
    ...crl,
    crlNumber: String(crl.crlNumber),
    nextUpdate: new Date(crl.nextUpdate).toISOString(),
  })),
  failures,
});
