import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { formatJst } from '@kakunin/calendar';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { fileFault } from '../file-fault.ts';
import { dryRunOption, outputOption, parseInstant, parseUuid } from '../options.ts';
import { acknowledgedSchema } from '../registry-api.ts';
import { destroyedKeysSchema, sectorMergeSchema, sectorStepsSchema } from '../sectors-api.ts';
import { translationCommand } from './translations.ts';

export const sectorsCommand = (context: Context): Command =>
  new Command('sectors')
    .description('who is given which names (ppids), by which keys')
    .addCommand(show(context))
    .addCommand(rotate(context))
    .addCommand(destroyKeys(context))
    .addCommand(approve(context))
    .addCommand(map(context))
    .addCommand(translationCommand(context))
    .addCommand(
      new Command('merge')
        .description('make one sector of two, with the signed consent of both')
        .addCommand(consentKey(context))
        .addCommand(propose(context))
        .addCommand(proposal(context))
        .addCommand(consent(context)),
    );

const pathOf = (...parts: readonly string[]): string => `/sectors/${parts.map(encodeURIComponent).join('/')}`;

const show = (context: Context): Command =>
  new Command('show')
    .description('show the keys of a sector, and who is in it')
    .argument('<sector>', 'code of its first service provider')
    .addOption(outputOption('table', 'json'))
    .action(async (sector: string, { output }: { output: string }) => {
      const steps = await context.registry().get(pathOf(sector), sectorStepsSchema);
      context.printRows(output, steps, [
        { title: 'service provider', value: ({ serviceProvider }) => serviceProvider },
        { title: 'sector', value: (step) => step.sector },
        { title: 'key', value: ({ version, destroyed }) => `${version}${destroyed ? ' destroyed' : ''}` },
        { title: 'from', value: ({ currentFrom }) => formatJst(currentFrom) },
        { title: 'given until', value: ({ givenUntil }) => (givenUntil === undefined ? '' : formatJst(givenUntil)) },
      ]);
    });

interface RotateOptions {
  windowEnds: number;
  from?: number;
  dryRun?: boolean;
}

const rotate = (context: Context): Command =>
  new Command('rotate')
    .description('give a sector a new key: new names, and within a window the old ones beside them')
    .argument('<sector>', 'code of its first service provider')
    .requiredOption('--window-ends <instant>', 'until when the old names are given as well (RFC 3339)', parseInstant)
    .option('--from <instant>', 'from when on the new names are the names; without it, now', parseInstant)
    .addOption(dryRunOption())
    .action(async (sector: string, { windowEnds: windowEndsAt, from, dryRun }: RotateOptions) => {
      const body = { windowEndsAt, ...(from !== undefined && { from }) };
      if (dryRun) return context.printUnsent(body);
      await context.registry().post(pathOf(sector, 'rotations'), body, sectorStepsSchema);
      context.note(`${sector} has a new key. Its service providers fetch their maps: kakunin sectors map <code>.`);
    });

const destroyKeys = (context: Context): Command =>
  new Command('destroy-keys')
    .description('destroy the keys whose names are given to nobody any more; their maps cannot be made again')
    .argument('<sector>', 'code of its first service provider')
    .addOption(dryRunOption())
    .action(async (sector: string, { dryRun }: { dryRun?: boolean }) => {
      if (dryRun) return context.note(`Would destroy the old keys of ${sector}. Nothing was sent.`);
      const path = pathOf(sector, 'destructions');
      const { destroyed } = await context.registry().post(path, {}, destroyedKeysSchema);
      context.note(`${destroyed} destroyed.`);
    });

interface ApproveOptions {
  serviceProvider: string;
  approvedBy: string;
  approval: string;
  dryRun?: boolean;
}

const approve = (context: Context): Command =>
  new Command('approve')
    .description('let a service provider that has no names yet share those of a sector')
    .argument('<sector>', 'code of its first service provider')
    .requiredOption('--service-provider <code>', 'who is let in')
    .requiredOption('--approved-by <name>', 'who approved it')
    .requiredOption('--approval <document>', 'by which document')
    .addOption(dryRunOption())
    .action(async (sector: string, { serviceProvider, approvedBy, approval, dryRun }: ApproveOptions) => {
      if (dryRun) return context.printUnsent({ approvedBy, approval });
      const path = pathOf(sector, 'members', serviceProvider);
      await context.registry().put(path, { approvedBy, approval }, sectorStepsSchema);
      context.note(`${serviceProvider} shares the names of ${sector} from now on.`);
    });

const map = (context: Context): Command =>
  new Command('map')
    .description('fetch the signed map from the old names of a service provider to its new ones')
    .argument('<service provider>', 'whose')
    .requiredOption('--to <file>', 'where to')
    .action(async (serviceProvider: string, { to }: { to: string }) => {
      const file = context.path(to);
      const part = `${file}.part`;
      const stream = await context.registryForPlatformProvider().download(pathOf('maps', serviceProvider));
      await pipeline(stream, createWriteStream(part, { mode: 0o600 })).catch(async (cause: unknown) => {
        await rm(part, { force: true });
        const fault = fileFault(cause);
        if (fault) throw new CliError('usage', `${to} cannot be written: ${fault}.`, { cause });
        throw new CliError('unreachable', 'The map ended before its note: fetch it anew.', { cause });
      });
      await rename(part, file);
      context.note(`Written to ${to}. Verify it before use: verifyPpidMap of @kakunin/client/ppid.`);
    });

const consentKey = (context: Context): Command =>
  new Command('consent-key')
    .description('register the key by which a service provider consents')
    .argument('<service provider>', 'whose')
    .requiredOption('--verifier-key <vkey>', 'C2SP vkey, named by its code')
    .addOption(dryRunOption())
    .action(async (code: string, { verifierKey, dryRun }: { verifierKey: string; dryRun?: boolean }) => {
      if (dryRun) return context.printUnsent({ verifierKey });
      await context.registry().put(pathOf('consent-keys', code), { verifierKey }, acknowledgedSchema);
      context.note(`${code} consents by this key from now on.`);
    });

interface ProposeOptions {
  survivor: string;
  absorbed: string;
  from: number;
  windowEnds: number;
  consentUntil: number;
  dryRun?: boolean;
}

const propose = (context: Context): Command =>
  new Command('propose')
    .description('propose a merge; the same again changes nothing')
    .argument('<proposal>', 'its id, a UUID', parseUuid)
    .requiredOption('--survivor <code>', 'whose names stay')
    .requiredOption('--absorbed <code>', 'who is given them from then on')
    .requiredOption('--from <instant>', 'from when on (RFC 3339)', parseInstant)
    .requiredOption('--window-ends <instant>', 'until when the old names are given as well', parseInstant)
    .requiredOption('--consent-until <instant>', 'until when both must have consented', parseInstant)
    .addOption(dryRunOption())
    .action(async (proposalId: string, { from, windowEnds, dryRun, ...parties }: ProposeOptions) => {
      const body = { ...parties, effectiveFrom: from, windowEndsAt: windowEnds };
      if (dryRun) return context.printUnsent(body);
      context.printJson(await context.registry().put(pathOf('merges', proposalId), body, sectorMergeSchema));
    });

const proposal = (context: Context): Command =>
  new Command('proposal')
    .description('show a proposal to who is asked to consent, and how far it is')
    .argument('<proposal>', 'its id', parseUuid)
    .action(async (proposalId: string) => {
      const path = pathOf('merges', proposalId);
      context.printJson(await context.registryForPlatformProvider().get(path, sectorMergeSchema));
    });

const consent = (context: Context): Command =>
  new Command('consent')
    .description('hand in a signed consent; with the second one the sectors are merged')
    .argument('<proposal>', 'its id', parseUuid)
    .requiredOption('--service-provider <code>', 'who consents')
    .requiredOption('--note <file>', 'the signed note, see docs/reference/linkage.md')
    .addOption(dryRunOption())
    .action(async (id: string, options: { serviceProvider: string; note: string; dryRun?: boolean }) => {
      const note = await context.read(options.note);
      const body = { serviceProvider: options.serviceProvider, consent: note.toString('base64') };
      if (options.dryRun) return context.printUnsent(body);
      const path = pathOf('merges', id, 'consents');
      const merge = await context.registryForPlatformProvider().post(path, body, sectorMergeSchema);
      const done = merge.mergedAt === undefined ? 'The other consent is waited for.' : 'The sectors are merged.';
      context.note(done);
    });
