import { Command, Option } from 'commander';
import { jstDateOf } from '@kakunin/calendar';
import type { Authority, SerialScheme } from '@kakunin/certificates';
import { CERTIFICATE_CLASSES } from '@kakunin/usage';
import { type Certificate, formatName, keyAlgorithmName, parseCertificate } from '@kakunin/x509';
import { parseSerialNumber, readCertificate } from '../certificate-file.ts';
import type { Context } from '../context.ts';
import { dryRunOption, outputOption, parseCode } from '../options.ts';
import { acknowledgedSchema, authoritiesSchema } from '../registry-api.ts';

export const authorityCommand = (context: Context): Command =>
  new Command('authority')
    .description('certificate authorities: one for each key, several may share a name')
    .addCommand(register(context))
    .addCommand(list(context));

interface RegisterOptions {
  certificate: string;
  class: Authority['certificateClass'];
  serialScheme: SerialScheme['kind'];
  firstSerial: string;
  holderRealm: string;
  certHash?: boolean;
  partitioned?: boolean;
  dryRun?: boolean;
}

const register = (context: Context): Command =>
  new Command('register')
    .description('register an authority; repeating it changes nothing')
    .argument('<authority>', 'id, such as signature-g2: lower case, digits, hyphens', parseCode)
    .requiredOption('--certificate <file>', "the authority's certificate, PEM or DER")
    .addOption(new Option('--class <class>', 'what it issues').choices(CERTIFICATE_CLASSES).makeOptionMandatory())
    .addOption(
      new Option('--serial-scheme <scheme>', 'how it allots serial numbers')
        .choices(['sequential', 'random', 'sealed'])
        .default('random'),
    )
    .option('--first-serial <hex>', 'the lowest serial number of a sequential scheme', '1')
    .option(
      '--holder-realm <realm>',
      'authorities of one realm mean the same person by the same holder handle',
      'default',
    )
    .option('--cert-hash', 'answers prove by CertHash which certificate was issued; its feed gives fingerprints')
    .option(
      '--partitioned',
      'its CRLs are published by partition too; its feed gives the partition of each certificate',
    )
    .addOption(dryRunOption())
    .action(async (authorityId: string, options: RegisterOptions) => {
      const certificate = await readCertificate(context, options.certificate);
      const authority = {
        authorityId,
        certificateClass: options.class,
        certificate: certificate.raw.toString('base64'),
        serialScheme: serialSchemeOf(options),
        holderRealm: options.holderRealm,
        ...(options.certHash && { certHash: true }),
        ...(options.partitioned && { partitioned: true }),
      };
      if (options.dryRun) return context.printUnsent(authority);
      await context.registry().post('/authorities', authority, acknowledgedSchema);
      context.note(`${authorityId} is registered.`);
    });

const serialSchemeOf = ({ serialScheme: kind, firstSerial }: RegisterOptions): SerialScheme =>
  kind === 'sequential' ? { kind, first: parseSerialNumber(firstSerial) } : { kind };

const list = (context: Context): Command =>
  new Command('list')
    .description('list the authorities')
    .addOption(outputOption('table', 'json'))
    .action(async ({ output }: { output: string }) => {
      const authorities = await context.registry().get('/authorities', authoritiesSchema);
      context.printRows(output, authorities, [
        { title: 'authority', value: ({ authorityId }) => authorityId },
        { title: 'class', value: ({ certificateClass }) => certificateClass },
        { title: 'serial numbers', value: ({ serialScheme }) => serialScheme.kind },
        { title: 'key', value: (authority) => keyAlgorithmName(certificateOf(authority).publicKey) },
        { title: 'valid to', value: (authority) => jstDateOf(certificateOf(authority).notAfter) },
        { title: 'subject', value: (authority) => formatName(certificateOf(authority).subject) },
      ]);
    });

const certificateOf = ({ certificate }: Authority): Certificate => parseCertificate(Buffer.from(certificate, 'base64'));
