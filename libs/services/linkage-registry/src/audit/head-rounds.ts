import type { Clock } from '@kakunin/calendar';
import { CLOCK, faultLog, LOGGER, type Logger, Rounds } from '@kakunin/runtime';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { RegistryDatabase } from '../database/registry-database.ts';
import { AuditHeads } from './audit-heads.ts';

const HOUR_MS = 3_600_000;

/** Signs the head of the audit log every hour and writes it to the service's log: logs are kept elsewhere, by others. */
@Injectable()
export class HeadRounds implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #rounds: Rounds;

  constructor(
    @Inject(AuditHeads) private readonly heads: AuditHeads,
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CLOCK) clock: Clock,
  ) {
    const onFault = faultLog({ logger, clock, message: 'the head of the audit log cannot be signed; trying again' });
    this.#rounds = new Rounds({ interval: HOUR_MS, work: () => this.publish(), onFault });
  }

  onApplicationBootstrap(): void {
    this.#rounds.startAfter(this.database.whenReady());
  }

  /** Before the database closes. */
  beforeApplicationShutdown(): Promise<void> {
    return this.#rounds.stop();
  }

  async publish(): Promise<void> {
    this.logger.info({ head: await this.heads.publish() }, 'where the audit log stands, signed: keep it');
  }
}
