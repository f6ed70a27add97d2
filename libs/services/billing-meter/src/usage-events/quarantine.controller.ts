import type { Clock } from '@kakunin/calendar';
import { AllowRoles, CurrentCaller } from '@kakunin/callers';
import type { Caller } from '@kakunin/relying-parties';
import { CLOCK } from '@kakunin/runtime';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { type Page, pageOf, pageQuery, pageSchema } from '../api/page.ts';
import { seesEverything } from '../visibility.ts';
import { cloudEventSchema } from './cloud-event.ts';
import { type QuarantinedEvent, QuarantineStore } from './quarantine-store.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const quarantinedSchema = z.strictObject({
  customer: z.string().describe('Code of the platform provider that sent it.'),
  refusedAt: z.int().describe('When it came first, epoch milliseconds.'),
  acceptedSha256: digest.describe('Of what the event that was accepted under this id says.'),
  refusedSha256: digest,
  refused: cloudEventSchema,
});

const querySchema = z.object(pageQuery(z.string().regex(/^\d{1,18}$/)));

@Controller('usage-events/quarantine')
export class QuarantineController {
  constructor(
    @Inject(QuarantineStore) private readonly store: QuarantineStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Events that were not counted, as others have their ids: a platform provider's own, all for finance. */
  @Get()
  @AllowRoles('finance', 'operator', 'platform_provider')
  @ApiOkResponse({ standardSchema: pageSchema(quarantinedSchema) })
  async list(
    @Query({ schema: querySchema }) { cursor, limit }: z.output<typeof querySchema>,
    @CurrentCaller() caller: Caller,
  ): Promise<Page<object>> {
    const rows = await this.store.list(
      { customer: seesEverything(caller) ? undefined : caller.code, after: cursor ?? '0', limit: limit + 1 },
      { caller: caller.code, at: this.clock.now() },
    );
    return pageOf({ rows, limit, keyOf: ({ number }) => number, itemOf: quarantinedJson });
  }
}

const quarantinedJson = ({ number: _number, ...event }: QuarantinedEvent): object => event;
