import { Command, Option } from 'commander';
import { formatJst } from '@kakunin/calendar';
import {
  OcspClient,
  OcspClientError,
  type OcspClientErrorCode,
  type OcspClientOptions,
  type OcspRefusalStatus,
  type StatusCheck,
  type StatusResult,
} from '@kakunin/client';
import { PURPOSES } from '@kakunin/usage';
import { formatName, parseCertificate } from '@kakunin/x509';
import { CliError, EXIT } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { outputOption, parseHttpUrl } from '../options.ts';
import { renderTable } from '../table.ts';

export const ocspCommand = (context: Context): Command =>
  new Command('ocsp').description('online certificate status (RFC 6960)').addCommand(query(context));

interface QueryOptions extends Pick<StatusCheck, 'serviceProvider' | 'purpose'> {
  readonly certificate: string;
  readonly issuer: string;
  readonly receipts?: string;
  readonly mtls?: true;
  readonly url?: string;
  readonly hash: NonNullable<OcspClientOptions['hashAlgorithm']>;
  readonly output: string;
}

const query = (context: Context): Command =>
  new Command('query')
    .description('ask whether a certificate is valid, and verify the answer: signature, responder, nonce, freshness')
    .requiredOption('--certificate <file>', 'the certificate, PEM or DER')
    .requiredOption('--issuer <file>', "its authority's certificate, PEM or DER")
    .option('--service-provider <code>', 'the service provider behind the PF provider that the check is for')
    .addOption(new Option('--purpose <purpose>', 'what the check is for; needs --service-provider').choices(PURPOSES))
    .option('--receipts <file>', 'append the receipt of a metered answer to this file (NDJSON), for `ledger verify`')
    .option('--mtls', "call over mutual TLS as the profile's PF provider")
    .option('--url <url>', "the responder, instead of the profile's", parseHttpUrl)
    .addOption(
      new Option('--hash <algorithm>', 'of the CertID')
        .choices(['sha1', 'sha256', 'sha384', 'sha512'])
        .default('sha256'),
    )
    .addOption(outputOption('table', 'json', 'der'))
    .action(async (options: QueryOptions) => {
      const client = new OcspClient(clientOptions(context, options));
      try {
        const { serviceProvider, purpose } = options;
        const [issuer, certificate] = [await context.read(options.issuer), await context.read(options.certificate)];
        showResult(context, options, await client.checkStatus({ certificate, issuer, serviceProvider, purpose }));
      } catch (error) {
        showRefusal(context, options, error);
      } finally {
        client.close();
      }
    });

/** One try at any responder: whoever asks by hand wants to see what happens. */
function clientOptions(context: Context, { url, mtls, hash, receipts }: QueryOptions): OcspClientOptions {
  const address = url ?? context.address(mtls ? 'ocspMtlsUrl' : 'ocspUrl');
  const { ca, cert, key } = address.startsWith('https:') ? context.platformProviderTls() : {};
  return {
    url: address,
    tls: { ...(ca && { authorities: ca }), ...(cert && { certificate: cert }), ...(key && { key }) },
    retries: 0,
    timeoutMs: 60_000,
    tryTimeoutMs: 60_000,
    hashAlgorithm: hash,
    ...(receipts !== undefined && { receiptsFile: context.path(receipts) }),
    responderWithoutNoCheck: 'trust',
    clock: context.terminal.clock,
    random: context.terminal.random,
  };
}

function showResult(context: Context, { output }: QueryOptions, result: StatusResult): void {
  if (result.source === 'crl') throw new Error('The client was told to use no CRL.');
  const { response, responderCertificate } = result.evidence;
  const responder = formatName(parseCertificate(responderCertificate).subject);
  if (output === 'der') context.terminal.stdout.write(response);
  else if (output === 'json') context.printJson(jsonOf(result, responder));
  else context.print(textOf(result, responder));
  context.exitCode = result.status === 'good' ? EXIT.good : EXIT.failed;
}

function textOf(result: StatusResult, responder: string): string {
  const { status, thisUpdate, nextUpdate } = result;
  const rows = [
    ['status', status],
    ...(status === 'revoked'
      ? [
          ['revoked at', formatJst(result.revocationTime)],
          ['reason', result.reason ?? 'unspecified'],
        ]
      : []),
    ['this update', formatJst(thisUpdate)],
    ...(nextUpdate === undefined ? [] : [['next update', formatJst(nextUpdate)]]),
    ['signed by', responder],
  ];
  return renderTable(rows, [
    { title: 'answer', value: ([name = '']) => name },
    { title: 'verified', value: ([, value = '']) => value },
  ]);
}

const iso = (instant: number): string => new Date(instant).toISOString();

function jsonOf(result: StatusResult, responder: string): unknown {
  const { status, thisUpdate, nextUpdate } = result;
  return {
    status,
    ...(status === 'revoked' && { revocationTime: iso(result.revocationTime), reason: result.reason }),
    thisUpdate: iso(thisUpdate),
    ...(nextUpdate !== undefined && { nextUpdate: iso(nextUpdate) }),
    responder,
  };
}

/** What a script should do: a refusal may be temporary, an unknown certificate is not good. */
const EXIT_OF_REFUSAL: Readonly<Record<OcspRefusalStatus, number>> = {
  tryLater: EXIT.unreachable,
  internalError: EXIT.unreachable,
  malformedRequest: EXIT.failed,
  sigRequired: EXIT.failed,
  unauthorized: EXIT.failed,
};

const EXIT_OF_ERROR: Partial<Record<OcspClientErrorCode, CliError['code']>> = {
  invalid_input: 'usage',
  issuer_differs: 'usage',
  unreachable: 'unreachable',
  tls_failed: 'unreachable',
  timed_out: 'unreachable',
};

/** A refusal is an answer, too. @throws CliError for everything else that the client throws */
function showRefusal(context: Context, { output }: QueryOptions, error: unknown): void {
  if (!(error instanceof OcspClientError)) throw error;
  const { code, message, ocspStatus, kakuninError: reason, messages } = error;
  if (!ocspStatus || !messages) throw new CliError(EXIT_OF_ERROR[code] ?? 'failed', message, { cause: error });
  if (output === 'der') context.terminal.stdout.write(messages.response);
  else if (output === 'json') context.printJson({ refusal: ocspStatus, reason });
  else context.print(`${ocspStatus}${reason ? ` (${reason})` : ''}\n`);
  if (reason) context.note(`Nothing was answered. What to do about ${reason}: docs/reference/ocsp.md, "Refusals".`);
  context.exitCode = EXIT_OF_REFUSAL[ocspStatus];
}
