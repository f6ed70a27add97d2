import { auditEntrySchema, type ChainedEntry } from '@kakunin/audit';
import { CurrentCaller } from '@kakunin/callers';
import type { Clock } from '@kakunin/calendar';
import type { Caller } from '@kakunin/relying-parties';
import { CLOCK } from '@kakunin/runtime';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { AllowCall } from '../calls/allow-call.ts';
import { RegistryDatabase } from '../database/registry-database.ts';
import { AuditHeads } from './audit-heads.ts';
import { AuditLog } from './audit-log.ts';
import { readEntries } from './audit.store.ts';

const chainedSchema = z.object({
  entry: auditEntrySchema,
  hash: z.string().describe('SHA-256 over the entry and all before it, hexadecimal (`verifyChain`).'),
});
const entriesSchema = z.object({ items: z.array(chainedSchema), next: z.int().describe('`from` of the next page.') });
const pageSchema = z.object({
  from: z.coerce.number().int().min(0).default(0).describe('First sequence.'),
  limit: z.coerce.number().int().min(1).max(1_000).default(1_000),
});
const headsSchema = z.object({
  head: z
    .string()
    .describe('The head now, signed (C2SP signed-note). Keep it: it shows later whether anything was changed.'),
  earlier: z.array(z.object({ size: z.int(), note: z.string() })).describe('Signed heads that were handed out before.'),
});

/** The audit log, for auditors: all that the registry knows of who asked, and nothing of about whom. */
@Controller('audit')
@AllowCall('read_audit_log')
export class AuditController {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(AuditHeads) private readonly heads: AuditHeads,
    @Inject(AuditLog) private readonly log: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('entries')
  @ApiOkResponse({ standardSchema: entriesSchema })
  async entries(
    @Query({ schema: pageSchema }) page: z.output<typeof pageSchema>,
  ): Promise<z.output<typeof entriesSchema>> {
    const items = (await readEntries(this.database, page)).map(textOf);
    return { items, next: page.from + items.length };
  }

  /** That an auditor begins to look is itself in the log: with each head. */
  @Get('heads')
  @ApiOkResponse({ standardSchema: headsSchema })
  async head(
    @CurrentCaller() { code: caller }: Caller,
    @Query({ schema: pageSchema }) { from, limit }: z.output<typeof pageSchema>,
  ): Promise<z.output<typeof headsSchema>> {
    const at = this.clock.now();
    const note = { at, caller, action: 'audit_view', purpose: 'audit', outcome: 'granted' } as const;
    await this.database.transaction((client) => this.log.append(client, [note]));
    return { earlier: [...(await this.heads.handedOut(from, limit))], head: await this.heads.publish() };
  }
}

const textOf = ({ entry, hash }: ChainedEntry) => ({ entry, hash: Buffer.from(hash).toString('hex') });
