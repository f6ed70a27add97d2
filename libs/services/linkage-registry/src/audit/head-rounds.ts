import type { Clock } from '@kakunin/calendar';
import { CLOCK, faultLog, LOGGER, type Logger } from '@kakunin/runtime';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { AuditHeads } from './audit-heads.ts';

const HOUR_MS = 3_600_000;

/** Signs the head of the audit log every hour and writes it to the service's log: logs are kept elsewhere, by others. */
@Injectable()
export class HeadRounds implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #noteFault: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();

  constructor(
    @Inject(AuditHeads) private readonly heads: AuditHeads,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CLOCK) clock: Clock,
  ) {
    this.#noteFault = faultLog({ logger, clock, message: 'the head of the audit log cannot be signed; trying again' });
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => (this.#round = this.publish().catch(this.#noteFault)), HOUR_MS).unref();
  }

  /** Before the database closes. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#round;
  }

  async publish(): Promise<void> {
    this.logger.info({ head: await this.heads.publish() }, 'where the audit log stands, signed: keep it');
  }
}
