import { type DatedHead, EMPTY_CHAIN, signAuditHead } from '@kakunin/audit';
import type { Clock } from '@kakunin/calendar';
import { CLOCK } from '@kakunin/runtime';
import { ed25519NoteSigner } from '@kakunin/usage-ledger';
import { Inject, Injectable } from '@nestjs/common';
import { RegistryDatabase } from '../database/registry-database.ts';
import { RegistryKeys } from '../signing/registry-keys.ts';
import { readHead } from './audit.store.ts';

/** Under which name heads are signed. */
export const AUDIT_LOG_NAME = 'kakunin-registry/audit';

/** Signs where the audit log stands, so that whoever keeps it finds any change of what was before. */
@Injectable()
export class AuditHeads {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(RegistryKeys) private readonly keys: RegistryKeys,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The head now, signed (C2SP signed-note); it is kept. */
  async publish(): Promise<string> {
    const head: DatedHead = { ...((await readHead(this.database)) ?? EMPTY_CHAIN), at: this.clock.now() };
    const { privateKey } = await this.keys.keyFor('audit-head');
    const note = Buffer.from(signAuditHead(head, ed25519NoteSigner(AUDIT_LOG_NAME, privateKey))).toString();
    await this.database.query(
      'INSERT INTO audit_signed_head (size, at, note) VALUES ($1, $2, $3) ON CONFLICT (size) DO NOTHING',
      [head.size, head.at, note],
    );
    return note;
  }

  /** Signed heads that were handed out, oldest first. @param from the first size */
  async handedOut(from: number, limit: number): Promise<readonly { readonly size: number; readonly note: string }[]> {
    const { rows } = await this.database.query<{ size: string; note: string }>(
      'SELECT size, note FROM audit_signed_head WHERE size >= $1 ORDER BY size LIMIT $2',
      [from, limit],
    );
    return rows.map(({ size, note }) => ({ size: Number(size), note }));
  }
}
