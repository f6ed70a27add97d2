import { randomUUID } from 'node:crypto';
import { Command, Option } from 'commander';
import { readCertificate } from '../certificate-file.ts';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { collect, dryRunOption, parseInstant, parseUuid } from '../options.ts';
import { personChangeSchema } from '../sectors-api.ts';

/** As the certificate authority, or the operator in its place. */
export const personsCommand = (context: Context): Command =>
  new Command('persons')
    .description('mend who is who after a mistake, or forget somebody')
    .addCommand(merge(context))
    .addCommand(split(context))
    .addCommand(retract(context))
    .addCommand(erase(context));

interface RequestOptions {
  requestId: string;
  dryRun?: boolean;
}
interface ReferenceOptions {
  authority?: string;
  holder: string[];
  certificate: string[];
}

const requestIdOption = (): Option =>
  new Option('--request-id <uuid>', 'the same request again changes nothing; without it, a fresh one')
    .argParser(parseUuid)
    .default(undefined, 'random');
const rehearsal = (): Option =>
  new Option('--dry-run', 'tell how many service providers would be told, and change nothing');
const effectiveOption = (): Option =>
  new Option('--effective-from <instant>', 'from when on it is so (RFC 3339); without it, from now on').argParser(
    parseInstant,
  );

/** Holders by the authority's own handle (`-` reads one from stdin), or whoever holds a certificate. */
async function references(context: Context, { authority, holder, certificate }: ReferenceOptions): Promise<object[]> {
  if (holder.length > 0 && authority === undefined) throw new CliError('usage', '--holder needs --authority.');
  const byHolder = holder.map(async (each) => ({ authorityId: authority, holder: await context.secret(each) }));
  const byCertificate = certificate.map(async (file) => ({
    certificate: (await readCertificate(context, file)).toString(),
  }));
  return Promise.all([...byHolder, ...byCertificate]);
}

const withReferences = (command: Command): Command =>
  command
    .option('--authority <id>', 'whose handles these are')
    .option('--holder <handle>', 'the handle of a person', collect, [])
    .option('--certificate <file>', 'or whoever holds this certificate', collect, []);

/** Undefined members are left out. */
async function send(context: Context, change: string, body: Readonly<Record<string, unknown>>): Promise<void> {
  const { requestId = randomUUID() } = body;
  const answer = await context.registry().post(`/persons/${change}`, { ...body, requestId }, personChangeSchema);
  context.printJson({ requestId, ...answer });
}

const merge = (context: Context): Command =>
  withReferences(new Command('merge').description('two persons are one'))
    .addOption(effectiveOption())
    .addOption(requestIdOption())
    .addOption(rehearsal())
    .action(async ({ effectiveFrom, requestId, dryRun, ...options }) => {
      const persons = await references(context, options as ReferenceOptions);
      if (persons.length !== 2) throw new CliError('usage', 'Name two persons, each by --holder or --certificate.');
      await send(context, 'merges', { requestId, dryRun, persons, effectiveFrom });
    });

const split = (context: Context): Command =>
  withReferences(new Command('split').description("some certificates of a person are another's"))
    .requiredOption('--into <handle>', "whose they are: a handle of --authority, known or new; '-' reads it from stdin")
    .option('--moved <file>', 'a certificate that goes over, with what succeeds it; may be repeated', collect, [])
    .addOption(effectiveOption())
    .addOption(requestIdOption())
    .addOption(rehearsal())
    .action(async ({ effectiveFrom, requestId, dryRun, into, moved, ...options }) => {
      const [person, ...others] = await references(context, options as ReferenceOptions);
      if (!person || others.length > 0) throw new CliError('usage', 'Name one person, by --holder or --certificate.');
      if (options.authority === undefined) throw new CliError('usage', '--into needs --authority.');
      const certificates = await references(context, { holder: [], certificate: moved as string[] });
      await send(context, 'splits', {
        requestId,
        dryRun,
        person,
        into: { authorityId: options.authority as string, holder: await context.secret(into as string) },
        certificates: certificates.map((each) => (each as { certificate: string }).certificate),
        effectiveFrom,
      });
    });

const retract = (context: Context): Command =>
  new Command('retract')
    .description('take a merge or a split back: it was never so')
    .argument('<request>', 'request id of the merge or split', parseUuid)
    .addOption(requestIdOption())
    .addOption(rehearsal())
    .action((retracts: string, { requestId, dryRun }: Partial<RequestOptions>) =>
      send(context, 'retractions', { requestId, dryRun, retracts }),
    );

const erase = (context: Context): Command =>
  withReferences(new Command('erase').description('destroy the keys of a person: its names are nobody’s from then on'))
    .addOption(requestIdOption())
    .addOption(dryRunOption())
    .action(async ({ requestId, dryRun, ...options }) => {
      const [person, ...others] = await references(context, options as ReferenceOptions);
      if (!person || others.length > 0) throw new CliError('usage', 'Name one person, by --holder or --certificate.');
      if (dryRun) return context.note('Would erase this person, for good. Nothing was sent.');
      await send(context, 'erasures', { requestId, person });
    });
