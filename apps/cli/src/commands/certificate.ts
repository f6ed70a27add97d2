import type { X509Certificate } from 'node:crypto';
import { Command, Option } from 'commander';
import { REVOCATION_REASONS, type RevocationReason } from '@kakunin/certificates';
import { CARRIERS, type Carrier } from '@kakunin/usage';
import { fingerprintOf, readCertificate } from '../certificate-file.ts';
import {
  type CertificateOptions,
  certificateReference,
  referenceTo,
  withCertificateOptions,
} from '../certificate-reference.ts';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { dryRunOption, parseInstant } from '../options.ts';
import { acknowledgedSchema } from '../registry-api.ts';

export const certificateCommand = (context: Context): Command =>
  new Command('certificate')
    .description('one certificate: what its authority did with it')
    .addCommand(issue(context))
    .addCommand(revoke(context))
    .addCommand(hold(context))
    .addCommand(release(context))
    .addCommand(restate(context));

interface IssueOptions extends CertificateOptions {
  carrier: Carrier;
  notAfter?: number;
  holder?: string;
  predecessor?: string;
  dryRun?: boolean;
}

const issue = (context: Context): Command =>
  withCertificateOptions(new Command('issue'))
    .description('tell the registry of a certificate that its authority issued or renewed')
    .addOption(new Option('--carrier <carrier>', 'what it lies on').choices(CARRIERS).default('card'))
    .option('--not-after <instant>', 'without the certificate: its end', parseInstant)
    .option('--holder <handle>', "the authority's handle for the person; `-` reads it from stdin")
    .option('--predecessor <file>', 'the certificate that it takes the place of, PEM or DER')
    .addOption(dryRunOption())
    .action(async (options: IssueOptions) => {
      const { authorityId, ...body } = await issuedCertificate(context, options);
      await send(context, { authorityId, verb: 'certificates', body, done: 'is registered', dryRun: options.dryRun });
    });

async function issuedCertificate(context: Context, options: IssueOptions) {
  if (
    [options.certificate, options.serial, options.holder, options.predecessor].filter((value) => value === '-').length >
    1
  ) {
    throw new CliError('usage', 'Only one value can come from stdin.');
  }
  const certificate =
    options.certificate === undefined ? undefined : await readCertificate(context, options.certificate);
  const notAfter = certificate?.validToDate.getTime() ?? options.notAfter;
  if (notAfter === undefined) throw new CliError('usage', 'Without the certificate, say when it ends: --not-after.');
  return {
    ...(certificate ? await identityOf(context, certificate) : await certificateReference(context, options)),
    notAfter,
    carrier: options.carrier,
    ...(options.holder !== undefined && { holder: await context.secret(options.holder) }),
    ...(options.predecessor !== undefined && {
      predecessor: await referenceTo(context, await readCertificate(context, options.predecessor)),
    }),
  };
}

const identityOf = async (context: Context, certificate: X509Certificate) => ({
  ...(await referenceTo(context, certificate)),
  fingerprint: fingerprintOf(certificate),
});

interface RevokeOptions extends CertificateOptions {
  reason: RevocationReason;
  revocationDate?: number;
  invalidityDate?: number;
  dryRun?: boolean;
}

const reasons = Object.keys(REVOCATION_REASONS).filter((reason) => reason !== 'certificateHold');

const revoke = (context: Context): Command =>
  withCertificateOptions(new Command('revoke'))
    .description('revoke a certificate for good')
    .addOption(new Option('--reason <reason>', 'RFC 5280, 5.3.1').choices(reasons).default('unspecified'))
    .option('--revocation-date <instant>', 'when it was revoked (default: now)', parseInstant)
    .option('--invalidity-date <instant>', 'when the key is known or suspected to have been compromised', parseInstant)
    .addOption(dryRunOption())
    .action(async (options: RevokeOptions) => {
      const { authorityId, serialNumber } = await certificateReference(context, options);
      const { reason, revocationDate, invalidityDate } = options;
      const body = {
        serialNumber,
        reason,
        ...(revocationDate && { revocationDate }),
        ...(invalidityDate && { invalidityDate }),
      };
      await send(context, {
        authorityId,
        verb: 'revocations',
        body,
        done: `is revoked (${reason})`,
        dryRun: options.dryRun,
      });
    });

const hold = (context: Context): Command =>
  withCertificateOptions(new Command('hold'))
    .description('revoke a certificate for the time being (certificateHold)')
    .addOption(dryRunOption())
    .action(async (options: CertificateOptions & { dryRun?: boolean }) => {
      const { authorityId, serialNumber } = await certificateReference(context, options);
      await send(context, {
        authorityId,
        verb: 'holds',
        body: { serialNumber },
        done: 'is held',
        dryRun: options.dryRun,
      });
    });

const release = (context: Context): Command =>
  withCertificateOptions(new Command('release'))
    .description('take a hold back')
    .addOption(dryRunOption())
    .action(async (options: CertificateOptions & { dryRun?: boolean }) => {
      const { authorityId, serialNumber } = await certificateReference(context, options);
      await send(context, {
        authorityId,
        verb: 'releases',
        body: { serialNumber },
        done: 'is good again',
        dryRun: options.dryRun,
      });
    });

const restate = (context: Context): Command =>
  withCertificateOptions(new Command('restate'))
    .description('have the registry tell all services again what stands there (runbook authority-blocked)')
    .addOption(dryRunOption())
    .action(async (options: CertificateOptions & { dryRun?: boolean }) => {
      const { authorityId, serialNumber } = await certificateReference(context, options);
      await send(context, {
        authorityId,
        verb: 'restatements',
        body: { serialNumber },
        done: 'is stated again, as it stands in the registry',
        dryRun: options.dryRun,
      });
    });

interface Sending {
  readonly authorityId: string;
  readonly verb: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** How the sentence about the certificate ends. */
  readonly done: string;
  readonly dryRun: boolean | undefined;
}

async function send(context: Context, { authorityId, verb, body, done, dryRun }: Sending): Promise<void> {
  if (dryRun)
    return context.note(`Would tell the registry: the certificate of ${authorityId} ${done}. Nothing was sent.`);
  await context.registry().post(`/authorities/${encodeURIComponent(authorityId)}/${verb}`, body, acknowledgedSchema);
  context.note(`The certificate of ${authorityId} ${done}.`);
}
