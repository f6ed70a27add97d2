import { CurrentCaller } from '@kakunin/callers';
import { type Caller, relyingPartyCodeSchema } from '@kakunin/relying-parties';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { AllowCall } from '../calls/allow-call.ts';
import { RegistryDatabase } from '../database/registry-database.ts';
import { requireOwn } from '../relying-parties/own-service-provider.ts';
import { feedItemSchema } from './feed-event.ts';
import { FeedStore } from './feed.store.ts';

const querySchema = z.strictObject({
  serviceProvider: relyingPartyCodeSchema,
  cursor: z
    .string()
    .regex(/^\d{1,15}$/)
    .default('0')
    .describe('`next` of the page before; without it, the oldest event that is kept.'),
  limit: z.coerce.number().int().min(1).max(1_000).default(100).describe('Most items of a page.'),
});

const feedPageSchema = z.strictObject({
  items: z.array(feedItemSchema).describe('In their order; empty when there is nothing new.'),
  next: z.string().describe('The cursor to go on with, also later, when the page is empty.'),
});

/** What a service provider is told, to be fetched: complete and in order, beside or instead of webhooks. */
@Controller('linkage-events')
@AllowCall('read_linkage_events')
export class LinkageEventsController {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(FeedStore) private readonly feeds: FeedStore,
  ) {}

  @Get()
  @ApiOkResponse({ standardSchema: feedPageSchema })
  async read(
    @CurrentCaller() caller: Caller,
    @Query({ schema: querySchema }) { serviceProvider, cursor, limit }: z.output<typeof querySchema>,
  ): Promise<z.output<typeof feedPageSchema>> {
    await requireOwn(this.database, caller.code, serviceProvider);
    const items = await this.feeds.read({ serviceProvider, after: Number(cursor), limit });
    return { items: [...items], next: String(items.at(-1)?.sequence ?? cursor) };
  }
}
