import { Command, InvalidArgumentError } from 'commander';
import { formatJst } from '@kakunin/calendar';
import { matchingTags } from '@kakunin/client/matching';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { matchingSchema, matchingsSchema } from '../news-api.ts';
import { dryRunOption, outputOption, parseUuid } from '../options.ts';
import { acknowledgedSchema } from '../registry-api.ts';

/** Called as the platform provider of the profile, for a service provider that stands behind it. */
export const matchingsCommand = (context: Context): Command =>
  new Command('matchings')
    .description('which persons two service providers share, without handing over who they are')
    .addCommand(propose(context))
    .addCommand(list(context))
    .addCommand(consent(context))
    .addCommand(tags(context))
    .addCommand(end(context));

const pathOf = (matchingId: string, tail: string): string => `/matchings/${encodeURIComponent(matchingId)}${tail}`;
const asWhom = ['--service-provider <code>', 'as whom'] as const;

interface ProposeOptions {
  serviceProvider: string;
  partner: string;
  purpose: string;
  mostInputs: number;
  days: number;
  dryRun?: boolean;
}

const propose = (context: Context): Command =>
  new Command('propose')
    .description('propose a matching to another service provider')
    .requiredOption(...asWhom)
    .requiredOption('--partner <code>', 'with whom')
    .requiredOption('--purpose <word>', 'why; it is in the audit log')
    .requiredOption('--most-inputs <number>', 'how many certificates each of the two may have evaluated', parseWhole)
    .option('--days <number>', 'after that it ends', parseWhole, 7)
    .addOption(dryRunOption())
    .action(async ({ dryRun, ...proposal }: ProposeOptions) => {
      if (dryRun) return context.printUnsent(proposal);
      const made = await context.registryForPlatformProvider().post('/matchings', proposal, matchingSchema);
      context.print(`${made.matchingId}\n`);
      context.note(`${made.partner} has to consent by ${formatJst(made.expiresAt)}.`);
    });

const list = (context: Context): Command =>
  new Command('list')
    .description('list the matchings of a service provider')
    .requiredOption(...asWhom)
    .addOption(outputOption('table', 'json'))
    .action(async ({ serviceProvider, output }: { serviceProvider: string; output: string }) => {
      context.printRows(output, await matchingsOf(context, serviceProvider), [
        { title: 'matching', value: ({ matchingId }) => matchingId },
        { title: 'state', value: ({ state }) => state },
        { title: 'proposer', value: ({ proposer }) => proposer },
        { title: 'partner', value: ({ partner }) => partner },
        { title: 'purpose', value: ({ purpose }) => purpose },
        { title: 'inputs', value: ({ proposerInputs, partnerInputs }) => `${proposerInputs} + ${partnerInputs}` },
        { title: 'of', value: ({ mostInputs }) => String(mostInputs), align: 'right' },
        { title: 'ends', value: ({ expiresAt }) => formatJst(expiresAt) },
      ]);
    });

interface PartyOptions {
  serviceProvider: string;
  dryRun?: boolean;
}

const consent = (context: Context): Command =>
  new Command('consent')
    .description('consent to a matching that was proposed to you')
    .argument('<matching>', 'its id', parseUuid)
    .requiredOption(...asWhom)
    .addOption(dryRunOption())
    .action(async (matchingId: string, { serviceProvider, dryRun }: PartyOptions) => {
      if (dryRun) return context.printUnsent({ serviceProvider });
      const registry = context.registryForPlatformProvider();
      await registry.post(pathOf(matchingId, '/consents'), { serviceProvider }, matchingSchema);
      context.note('Consented. Compare the public key with your partner, then: kakunin matchings tags.');
    });

const tags = (context: Context): Command =>
  new Command('tags')
    .description('turn fingerprints of certificates into tags: shared certificates have the same tag on both sides')
    .argument('<matching>', 'its id', parseUuid)
    .requiredOption(...asWhom)
    .option('--fingerprints <file>', 'SHA-256 of certificates, hex, one a line; - is stdin', '-')
    .action(async (matchingId: string, options: { serviceProvider: string; fingerprints: string }) => {
      const { serviceProvider } = options;
      const fingerprints = parseFingerprints((await context.read(options.fingerprints)).toString());
      const matching = (await matchingsOf(context, serviceProvider)).find((each) => each.matchingId === matchingId);
      if (matching?.publicKey === undefined) {
        throw new CliError('usage', 'No such matching of yours has the consent of both ("kakunin matchings list").');
      }
      const { cert, key, ca } = context.platformProviderTls();
      const tls = { ...(cert && { certificate: cert }), ...(key && { key }), ...(ca && { authorities: ca }) };
      const { publicKey } = matching;
      const url = context.address('registryUrl');
      for await (const { fingerprint, tag } of matchingTags({
        url,
        tls,
        serviceProvider,
        matchingId,
        publicKey,
        fingerprints,
      })) {
        context.print(`${tag} ${Buffer.from(fingerprint).toString('hex')}\n`);
      }
    });

const end = (context: Context): Command =>
  new Command('end')
    .description('end a matching: its key is destroyed')
    .argument('<matching>', 'its id', parseUuid)
    .requiredOption(...asWhom)
    .addOption(dryRunOption())
    .action(async (matchingId: string, { serviceProvider, dryRun }: PartyOptions) => {
      if (dryRun) return context.printUnsent({ serviceProvider });
      const registry = context.registryForPlatformProvider();
      await registry.post(pathOf(matchingId, '/endings'), { serviceProvider }, acknowledgedSchema);
      context.note('The matching has ended.');
    });

const matchingsOf = (context: Context, serviceProvider: string) =>
  context
    .registryForPlatformProvider()
    .get(`/matchings?serviceProvider=${encodeURIComponent(serviceProvider)}`, matchingsSchema);

function parseFingerprints(text: string): Uint8Array[] {
  const lines = text.split('\n').map((line) => line.trim().toLowerCase());
  return lines
    .filter((line) => line !== '')
    .map((line, index) => {
      if (/^[0-9a-f]{64}$/.test(line)) return Buffer.from(line, 'hex');
      throw new CliError('usage', `Line ${index + 1} is no SHA-256 in hex.`);
    });
}

function parseWhole(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A whole number.');
}
