import { writeFileSync } from 'node:fs';
import {
  type AuditEntry,
  type AuditHead,
  auditEntrySchema,
  AuditError,
  type ChainedEntry,
  EMPTY_CHAIN,
  openAuditHead,
  verifyChain,
} from '@kakunin/audit';
import { formatJst } from '@kakunin/calendar';
import { parseVerifierKey } from '@kakunin/usage-ledger';
import { Command } from 'commander';
import { z } from 'zod';
import { EXIT } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { outputOption } from '../options.ts';
import { type PersonOptions, signChallenge } from '../signed-challenge.ts';

export const auditCommand = (context: Context): Command =>
  new Command('audit')
    .description('who asked about whom, and why')
    .addCommand(verify(context))
    .addCommand(mine(context));

interface VerifyOptions {
  readonly key?: string;
  readonly kept?: string;
  readonly keep?: string;
}

const verify = (context: Context): Command =>
  new Command('verify')
    .description('verify the whole chain of the audit log up to a signed head, as an auditor')
    .option('--key <vkey>', "the registry's key for heads, as you have it from elsewhere; else the registry is asked")
    .option('--kept <file>', 'a signed head that you kept: what was before it must be what it was')
    .option('--keep <file>', 'write the signed head of now there')
    .action(async (options: VerifyOptions) => {
      try {
        await verifyLog(context, options);
      } catch (error) {
        if (!(error instanceof AuditError)) throw error;
        context.note(error.message);
        context.exitCode = EXIT.failed;
      }
    });

const keysSchema = z.object({ auditHead: z.string() });
const headsSchema = z.object({ head: z.string() });

async function verifyLog(context: Context, { key, kept, keep }: VerifyOptions): Promise<void> {
  const registry = context.registry();
  const verifier = parseVerifierKey(key ?? (await registry.get('/signing-keys', keysSchema)).auditHead);
  const earlier = kept === undefined ? undefined : openAuditHead(await context.read(kept), verifier);
  const { head: note } = await registry.get('/audit/heads?limit=1', headsSchema);
  const head = openAuditHead(Buffer.from(note), verifier);
  const heads = [earlier, head].filter((each) => each !== undefined);
  const reached = await walk(context, heads);
  if (!reached) throw new AuditError('chain_broken', 'The entries of the audit log do not lead to the signed heads.');
  if (keep !== undefined) writeFileSync(context.path(keep), note);
  context.print(`${head.size} entries, as they were written; head of ${formatJst(head.at)}\n`);
}

const pageSchema = z.object({ items: z.array(z.object({ entry: auditEntrySchema, hash: z.hex() })) });

/** Verifies entry after entry. @returns whether the chain passes through every head */
async function walk(context: Context, heads: readonly AuditHead[]): Promise<boolean> {
  const open = new Set(heads);
  const pass = ({ size, hash }: AuditHead): void => {
    for (const each of open) if (each.size === size && Buffer.compare(each.hash, hash) === 0) open.delete(each);
  };
  let at = EMPTY_CHAIN;
  pass(at);
  for (;;) {
    const { items } = await context.registry().get(`/audit/entries?from=${at.size}`, pageSchema);
    if (items.length === 0 || open.size === 0) return open.size === 0;
    for (const { entry, hash } of items) {
      const chained = { entry: entry as AuditEntry, hash: Buffer.from(hash, 'hex') } satisfies ChainedEntry;
      at = verifyChain(at, [chained]);
      pass(at);
    }
  }
}

const viewSchema = z.object({ entries: z.array(auditEntrySchema.omit({ holderTag: true })), more: z.boolean() });

const mine = (context: Context): Command =>
  new Command('mine')
    .description('as the holder of a certificate: who asked about me')
    .requiredOption('--certificate <file>', 'the certificate, PEM or DER')
    .requiredOption('--key <file>', 'its private key, PEM')
    .requiredOption('--service-provider <code>', 'where you ask')
    .addOption(outputOption('table', 'json'))
    .action(async (options: PersonOptions & { output: string }) => {
      const proof = await signChallenge(context, 'holder-view', options);
      const view = await context.registryForPlatformProvider().post('/audit/holder-views', proof, viewSchema);
      context.printRows(options.output, view.entries, [
        { title: 'time', value: ({ at }) => formatJst(at) },
        { title: 'caller', value: ({ caller }) => caller },
        { title: 'for', value: ({ onBehalfOf = '' }) => onBehalfOf },
        { title: 'what', value: ({ action }) => action },
        { title: 'why', value: ({ purpose }) => purpose },
        { title: 'outcome', value: ({ outcome }) => outcome },
      ]);
      if (view.more) context.note('There are older entries than these.');
    });
