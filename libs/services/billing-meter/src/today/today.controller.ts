import { type Clock, jstDateOf } from '@kakunin/calendar';
import { AllowAnyone } from '@kakunin/callers';
import { CLOCK } from '@kakunin/runtime';
import { CERTIFICATE_CLASSES, type CertificateClass } from '@kakunin/usage';
import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { UsageStore } from '../metering/usage-store.ts';

/** However many ask, the database is asked once in this time. */
const FRESH_MS = 1_000;

const todaySchema = z.object({
  date: z.string().describe('In Japan, such as 2026-11-22.'),
  checks: z.record(z.enum(CERTIFICATE_CLASSES), z.int()).describe('Recorded checks by certificate class.'),
});
type ChecksToday = z.infer<typeof todaySchema>;

/** What the status page shows to everyone: totals of the day, no customer. */
@Controller('usage')
export class TodayController {
  #answer: { readonly at: number; readonly checks: Promise<ChecksToday> } | undefined;

  constructor(
    @Inject(UsageStore) private readonly usage: UsageStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('today')
  @AllowAnyone()
  @ApiOkResponse({ standardSchema: todaySchema })
  today(): Promise<ChecksToday> {
    const now = this.clock.now();
    if (!this.#answer || now - this.#answer.at >= FRESH_MS) this.#answer = { at: now, checks: this.#count(now) };
    return this.#answer.checks;
  }

  async #count(now: number): Promise<ChecksToday> {
    const quantities = await this.usage.checksByClass(now);
    const checks = Object.fromEntries(CERTIFICATE_CLASSES.map((name) => [name, Number(quantities.get(name) ?? 0n)]));
    return { date: jstDateOf(now), checks: checks as Record<CertificateClass, number> };
  }
}
