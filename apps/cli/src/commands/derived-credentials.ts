import { sign } from 'node:crypto';
import { Command, Option } from 'commander';
import { formatJst } from '@kakunin/calendar';
import { type DerivedCredentialKind, registrationMessage } from '@kakunin/derived-credentials';
import { fingerprintOf, readCertificate } from '../certificate-file.ts';
import { CliError, EXIT } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { derivedCredentialSchema } from '../news-api.ts';
import { dryRunOption, outputOption } from '../options.ts';
import { hashFor, readKey } from '../private-key.ts';
import { acknowledgedSchema, challengeSchema } from '../registry-api.ts';

/** Called as the platform provider of the profile, for a service provider that stands behind it. */
export const derivedCredentialsCommand = (context: Context): Command =>
  new Command('derived-credentials')
    .description("what rests on a person's certificate: private certificates, accounts, FIDO credentials")
    .addCommand(register(context))
    .addCommand(show(context))
    .addCommand(end(context));

interface RegisterOptions {
  base: string;
  key: string;
  serviceProvider: string;
  kind: DerivedCredentialKind;
  reference?: string;
  certificate?: string;
}

/** Plays both sides: the person who signs, and the provider that registers. */
const register = (context: Context): Command =>
  new Command('register')
    .description("register a credential, with the person's signature")
    .requiredOption('--base <file>', "the person's certificate, PEM or DER")
    .requiredOption('--key <file>', 'its private key, PEM')
    .requiredOption('--service-provider <code>', 'who issued the credential')
    .addOption(
      new Option('--kind <kind>', 'what it is')
        .choices(['certificate', 'account', 'fido_credential'])
        .default('account'),
    )
    .option('--reference <text>', "the provider's own name for it")
    .option('--certificate <file>', 'with --kind certificate: the certificate that was issued, of any authority')
    .action(async (options: RegisterOptions) => {
      const { serviceProvider, kind } = options;
      const named = await namedIn(context, options);
      const base = await readCertificate(context, options.base);
      const key = await readKey(context, options.key);
      const registry = context.registryForPlatformProvider();
      const { challengeId, challenge } = await registry.post('/challenges', { serviceProvider }, challengeSchema);
      const message = registrationMessage({
        challenge: Buffer.from(challenge, 'base64'),
        provider: serviceProvider,
        kind,
        reference: named.reference,
      });
      const signature = sign(hashFor(key), message, key).toString('base64');
      const proof = { challengeId, signature, base: base.raw.toString('base64') };
      // The registry names a certificate itself, by what it is given.
      const credential = 'certificate' in named ? { certificate: named.certificate } : named;
      const body = { kind, serviceProvider, ...credential, ...proof };
      const registered = await registry.post('/derived-credentials', body, derivedCredentialSchema);
      context.print(`${registered.reference}\n`);
      context.note(`It rests on the certificate until ${formatJst(registered.baseNotAfter)}.`);
    });

async function namedIn(context: Context, { kind, reference, certificate: file }: RegisterOptions) {
  if (kind === 'certificate') {
    if (file === undefined) throw new CliError('usage', 'Give the certificate that was issued: --certificate FILE.');
    const certificate = await readCertificate(context, file);
    return { reference: fingerprintOf(certificate), certificate: certificate.raw.toString('base64') };
  }
  if (reference === undefined) throw new CliError('usage', 'Give your own name for the credential: --reference TEXT.');
  return { reference };
}

interface NamedOptions {
  serviceProvider: string;
  reference: string;
  output: string;
  dryRun?: boolean;
}

const show = (context: Context): Command =>
  new Command('show')
    .description('say whether a credential still has its ground; exit 1 when it has not')
    .requiredOption('--service-provider <code>', 'who issued it')
    .requiredOption('--reference <text>', "the provider's own name for it; of a certificate its SHA-256")
    .addOption(outputOption('table', 'json'))
    .action(async ({ serviceProvider, reference, output }: NamedOptions) => {
      const registry = context.registryForPlatformProvider();
      const question = { serviceProvider, reference };
      const found = await registry.post('/derived-credentials/look-ups', question, derivedCredentialSchema);
      if (output === 'json') context.printJson(found);
      else {
        const why = found.reason === undefined ? '' : ` (${found.reason})`;
        context.print(`${found.state} since ${formatJst(found.stateSince)}${why}\n`);
      }
      if (found.state !== 'grounded') context.exitCode = EXIT.failed;
    });

const end = (context: Context): Command =>
  new Command('end')
    .description('say that a credential is gone: nothing more is told of it')
    .requiredOption('--service-provider <code>', 'who issued it')
    .requiredOption('--reference <text>', "the provider's own name for it; of a certificate its SHA-256")
    .addOption(dryRunOption())
    .action(async ({ serviceProvider, reference, dryRun }: NamedOptions) => {
      const question = { serviceProvider, reference };
      if (dryRun) return context.printUnsent(question);
      await context.registryForPlatformProvider().post('/derived-credentials/endings', question, acknowledgedSchema);
      context.note('It is registered no more.');
    });
