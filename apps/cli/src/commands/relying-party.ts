import { Command, Option } from 'commander';
import { jstDateOf } from '@kakunin/calendar';
import { type RelyingParty, ROLES, type Role } from '@kakunin/relying-parties';
import { fingerprintOf, readCertificate } from '../certificate-file.ts';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { collect, dryRunOption, outputOption, parseCode } from '../options.ts';
import { acknowledgedSchema, relyingPartiesSchema } from '../registry-api.ts';
import { identificationPolicyCommand } from './identification-policy.ts';

export const relyingPartyCommand = (context: Context): Command =>
  new Command('relying-party')
    .description('PF providers, service providers and offices')
    .addCommand(register(context))
    .addCommand(list(context))
    .addCommand(identificationPolicyCommand(context))
    .addCommand(
      new Command('credential')
        .description('client certificates of a relying party')
        .addCommand(addCredential(context))
        .addCommand(revokeCredential(context)),
    );

const KINDS = ['platform_provider', 'service_provider', 'office'] as const;

interface RegisterOptions {
  name: string;
  kind: RelyingParty['kind'];
  platformProvider?: string;
  role: Role[];
  dryRun?: boolean;
}

const register = (context: Context): Command =>
  new Command('register')
    .description('register a relying party, or change it')
    .argument('<code>', 'lower case, digits, hyphens', parseCode)
    .requiredOption('--name <name>', 'as shown on statements')
    .addOption(new Option('--kind <kind>', 'what it is').choices(KINDS).makeOptionMandatory())
    .option('--platform-provider <code>', 'for a service provider: the PF provider that it stands behind')
    .addOption(
      new Option('--role <role>', 'what its credentials may do, may be repeated')
        .choices(ROLES)
        .argParser(collectRole)
        .default([], 'none'),
    )
    .addOption(dryRunOption())
    .action(async (code: string, { name, kind, platformProvider, role: roles, dryRun }: RegisterOptions) => {
      const party = { name, kind, ...(platformProvider !== undefined && { platformProvider }), roles };
      if (dryRun) return context.printUnsent({ code, ...party });
      await context.registry().put(`/relying-parties/${encodeURIComponent(code)}`, party, acknowledgedSchema);
      context.note(`${code} is registered.`);
    });

function collectRole(value: string, previous: string[]): string[] {
  if (!(ROLES as readonly string[]).includes(value))
    throw new CliError('usage', `--role is one of ${ROLES.join(', ')}.`);
  return collect(value, previous);
}

const list = (context: Context): Command =>
  new Command('list')
    .description('list the relying parties')
    .addOption(outputOption('table', 'json'))
    .action(async ({ output }: { output: string }) => {
      const now = context.terminal.clock.now();
      const parties = await context.registry().get('/relying-parties', relyingPartiesSchema);
      context.printRows(output, parties, [
        { title: 'code', value: ({ code }) => code },
        { title: 'kind', value: ({ kind }) => kind },
        { title: 'behind', value: ({ platformProvider = '' }) => platformProvider },
        { title: 'roles', value: ({ roles }) => roles.join(', ') },
        { title: 'credentials', value: (party) => credentialsText(party, now) },
        { title: 'name', value: ({ name }) => name },
      ]);
    });

/** How many are in force, and when the last of them ends. */
function credentialsText({ credentials }: RelyingParty, now: number): string {
  const inForce = credentials.filter(({ revokedAt, notAfter }) => revokedAt === undefined && notAfter > now);
  if (inForce.length === 0) return credentials.length === 0 ? '' : 'none in force';
  return `${inForce.length} until ${jstDateOf(Math.max(...inForce.map(({ notAfter }) => notAfter)))}`;
}

const addCredential = (context: Context): Command =>
  new Command('add')
    .description('let a client certificate call as a relying party')
    .argument('<code>', 'the relying party')
    .requiredOption('--certificate <file>', 'the client certificate, PEM or DER')
    .addOption(dryRunOption())
    .action(async (code: string, options: { certificate: string; dryRun?: boolean }) => {
      const certificate = await readCertificate(context, options.certificate);
      if (options.dryRun) return context.note(`Would let ${options.certificate} call as ${code}. Nothing was sent.`);
      const path = `/relying-parties/${encodeURIComponent(code)}/credentials`;
      await context.registry().post(path, { certificate: certificate.toString() }, acknowledgedSchema);
      context.note(`${options.certificate} calls as ${code} from now on.`);
    });

const revokeCredential = (context: Context): Command =>
  new Command('revoke')
    .description('refuse a client certificate from now on')
    .argument('<code>', 'the relying party')
    .option('--certificate <file>', 'the client certificate, PEM or DER')
    .option('--fingerprint <hex>', 'without the certificate: SHA-256 of its DER')
    .addOption(dryRunOption())
    .action(async (code: string, options: { certificate?: string; fingerprint?: string; dryRun?: boolean }) => {
      const fingerprint = await fingerprintGiven(context, options);
      if (options.dryRun) return context.note(`Would refuse that credential of ${code}. Nothing was sent.`);
      const path = `/relying-parties/${encodeURIComponent(code)}/credentials/revocations`;
      await context.registry().post(path, { fingerprint }, acknowledgedSchema);
      context.note(`That credential of ${code} is refused from now on.`);
    });

async function fingerprintGiven(
  context: Context,
  options: { certificate?: string; fingerprint?: string },
): Promise<string> {
  if (options.certificate !== undefined) return fingerprintOf(await readCertificate(context, options.certificate));
  const fingerprint = options.fingerprint?.replaceAll(':', '').toLowerCase() ?? '';
  if (/^[0-9a-f]{64}$/.test(fingerprint)) return fingerprint;
  throw new CliError('usage', 'Name the credential by --certificate FILE or --fingerprint HEX (SHA-256, 64 digits).');
}
