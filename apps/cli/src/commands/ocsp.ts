import { Command, Option } from 'commander';
import { formatJst } from '@kakunin/calendar';
import type { CertStatus, OcspRefusal, SingleResponse } from '@kakunin/ocsp';
import { PURPOSES } from '@kakunin/usage';
import { EXIT } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { askStatus, type OcspAnswer, type QueryOptions } from '../ocsp-query.ts';
import { outputOption, parseHttpUrl } from '../options.ts';
import { renderTable } from '../table.ts';

export const ocspCommand = (context: Context): Command =>
  new Command('ocsp').description('online certificate status (RFC 6960)').addCommand(query(context));

/** What a script should do: a refusal may be temporary, an unknown certificate is not good. */
const EXIT_OF_REFUSAL: Readonly<Record<OcspRefusal, number>> = {
  tryLater: EXIT.unreachable,
  internalError: EXIT.unreachable,
  malformedRequest: EXIT.failed,
  sigRequired: EXIT.failed,
  unauthorized: EXIT.failed,
};

const query = (context: Context): Command =>
  new Command('query')
    .description('ask whether a certificate is valid, and verify the answer: signature, responder, nonce, freshness')
    .requiredOption('--certificate <file>', 'the certificate, PEM or DER')
    .requiredOption('--issuer <file>', "its authority's certificate, PEM or DER")
    .option('--service-provider <code>', 'the service provider behind the PF provider that the check is for')
    .addOption(new Option('--purpose <purpose>', 'what the check is for; needs --service-provider').choices(PURPOSES))
    .option('--mtls', "call over mutual TLS as the profile's PF provider")
    .option('--url <url>', "the responder, instead of the profile's", parseHttpUrl)
    .addOption(
      new Option('--hash <algorithm>', 'of the CertID')
        .choices(['sha1', 'sha256', 'sha384', 'sha512'])
        .default('sha256'),
    )
    .addOption(outputOption('table', 'json', 'der'))
    .action(async ({ output, ...options }: QueryOptions & { output: string }) => {
      const answer = await askStatus(context, options);
      if (output === 'der') context.terminal.stdout.write(answer.der);
      else if (output === 'json') context.printJson(jsonOf(answer));
      else context.print(textOf(answer));
      if ('refusal' in answer && answer.reason) {
        context.note(`Nothing was answered. What to do about ${answer.reason}: docs/reference/ocsp.md, "Refusals".`);
      }
      context.exitCode = exitCodeOf(answer);
    });

function exitCodeOf(answer: OcspAnswer): number {
  if ('refusal' in answer) return EXIT_OF_REFUSAL[answer.refusal];
  return answer.response.certStatus.status === 'good' ? EXIT.good : EXIT.failed;
}

function textOf(answer: OcspAnswer): string {
  if ('refusal' in answer) return `${answer.refusal}${answer.reason ? ` (${answer.reason})` : ''}\n`;
  const { certStatus, thisUpdate, nextUpdate } = answer.response;
  const rows = [
    ['status', certStatus.status],
    ...(certStatus.status === 'revoked' ? revocationRows(certStatus) : []),
    ['this update', formatJst(thisUpdate)],
    ...(nextUpdate === undefined ? [] : [['next update', formatJst(nextUpdate)]]),
    ['signed by', answer.responder],
  ];
  return renderTable(rows, [
    { title: 'answer', value: ([name = '']) => name },
    { title: 'verified', value: ([, value = '']) => value },
  ]);
}

const revocationRows = ({ revocationTime, reason = 'unspecified' }: Extract<CertStatus, { status: 'revoked' }>) => [
  ['revoked at', formatJst(revocationTime)],
  ['reason', reason],
];

const iso = (instant: number): string => new Date(instant).toISOString();

function jsonOf(answer: OcspAnswer): unknown {
  if ('refusal' in answer) return { refusal: answer.refusal, reason: answer.reason };
  const { certStatus, thisUpdate, nextUpdate }: SingleResponse = answer.response;
  return {
    ...(certStatus.status === 'revoked'
      ? { ...certStatus, revocationTime: iso(certStatus.revocationTime) }
      : { status: certStatus.status }),
    thisUpdate: iso(thisUpdate),
    ...(nextUpdate !== undefined && { nextUpdate: iso(nextUpdate) }),
    responder: answer.responder,
  };
}
