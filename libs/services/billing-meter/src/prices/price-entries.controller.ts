import type { Clock } from '@kakunin/calendar';
import { AllowRoles, CurrentCaller } from '@kakunin/callers';
import type { Caller, Role } from '@kakunin/relying-parties';
import { CLOCK } from '@kakunin/runtime';
import { Body, Get, HttpCode, Inject, NotFoundException, Param, Post, Query, type Type } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { type Page, pageOf, pageQuery, pageSchema } from '../api/page.ts';
import { jsonOf } from '../api/json.ts';
import { type EntryJson, entryFrom } from './convert.ts';
import type { PriceEntry, PriceKind } from './price-entry.ts';
import { type Change, PriceStore } from './price-store.ts';
import { endSchema, entryIdSchema } from './schemas.ts';

export interface EntriesRoute<Kind extends PriceKind> {
  readonly kind: Kind;
  readonly schemas: Record<'entry' | 'added' | 'revised', z.ZodType>;
  readonly readers: readonly [Role, ...Role[]];
  readonly writers: readonly [Role, ...Role[]];
  /** Whose price book a caller reads and writes. */
  readonly issuerOf: (caller: Caller) => string;
  readonly isVisibleTo: (caller: Caller, entry: PriceEntry) => boolean;
}

const knownAt = z.coerce
  .number()
  .int()
  .nonnegative()
  .exactOptional()
  .describe('Epoch milliseconds: as it was known then; absent: as it is known now.');
const listQuery = z.strictObject({ knownAt, ...pageQuery(z.string()) });
const revisionsQuery = z.strictObject(pageQuery(z.int()));

/** What may be done with the entries of one kind: list, add, end and correct them, and see their history. */
// oxlint-disable-next-line max-lines-per-function -- decorators need the route, so the class is made here; its methods are short
export function priceEntriesController<Kind extends PriceKind>(route: EntriesRoute<Kind>): Type<object> {
  const { kind, schemas, readers, writers, issuerOf, isVisibleTo } = route;

  class PriceEntriesController {
    constructor(
      @Inject(PriceStore) private readonly prices: PriceStore,
      @Inject(CLOCK) private readonly clock: Clock,
    ) {}

    @Get()
    @AllowRoles(...readers)
    @ApiOkResponse({ standardSchema: pageSchema(schemas.entry) })
    async list(
      @Query({ schema: listQuery }) { knownAt: instant, cursor = '', limit }: z.infer<typeof listQuery>,
      @CurrentCaller() caller: Caller,
    ): Promise<Page<object>> {
      const prices = await this.prices.asKnownAt(instant ?? Number.POSITIVE_INFINITY, issuerOf(caller));
      const rows = prices[`${kind}s`]
        .filter((entry) => entry.id > cursor && isVisibleTo(caller, entry))
        .sort((one, other) => (one.id < other.id ? -1 : 1));
      return pageOf({ rows: rows.slice(0, limit + 1), limit, keyOf: ({ id }) => id, itemOf: jsonOf });
    }

    @Get(':id/revisions')
    @AllowRoles(...readers)
    @ApiOkResponse({ standardSchema: pageSchema(schemas.entry) })
    async revisions(
      @Param('id', { schema: entryIdSchema }) id: string,
      @Query({ schema: revisionsQuery }) { cursor = -1, limit }: z.infer<typeof revisionsQuery>,
      @CurrentCaller() caller: Caller,
    ): Promise<Page<object>> {
      const { records } = await this.prices.book(issuerOf(caller));
      const all = records[`${kind}s`].filter((entry) => entry.id === id && isVisibleTo(caller, entry));
      if (all.length === 0) throw new NotFoundException(`There is no ${kind} ${id}.`);
      const rows = all.filter(({ recordedAt }) => recordedAt > cursor).slice(0, limit + 1);
      return pageOf({ rows, limit, keyOf: ({ recordedAt }) => recordedAt, itemOf: jsonOf });
    }

    @Post()
    @AllowRoles(...writers)
    @ApiCreatedResponse({ standardSchema: schemas.entry })
    async add(@Body({ schema: schemas.added }) body: EntryJson, @CurrentCaller() caller: Caller): Promise<object> {
      return jsonOf(await this.prices.add(entryFrom(kind, body), this.#changeOf(caller)));
    }

    @Post(':id/end')
    @HttpCode(200)
    @AllowRoles(...writers)
    @ApiOkResponse({ standardSchema: schemas.entry })
    async end(
      @Param('id', { schema: entryIdSchema }) id: string,
      @Body({ schema: endSchema }) { validTo }: z.infer<typeof endSchema>,
      @CurrentCaller() caller: Caller,
    ): Promise<object> {
      return jsonOf(await this.prices.end({ id, validTo }, this.#changeOf(caller)));
    }

    /** Takes the place of the latest revision, for all days. What a closed statement was made by stays what it was. */
    @Post(':id/revisions')
    @AllowRoles(...writers)
    @ApiCreatedResponse({ standardSchema: schemas.entry })
    async revise(
      @Param('id', { schema: entryIdSchema }) id: string,
      @Body({ schema: schemas.revised }) { replaces, reason, ...body }: EntryJson & RevisionJson,
      @CurrentCaller() caller: Caller,
    ): Promise<object> {
      const entry = entryFrom(kind, { ...body, id });
      return jsonOf(await this.prices.revise({ entry, replaces, reason }, this.#changeOf(caller)));
    }

    #changeOf(caller: Caller): Change<Kind> {
      return { issuer: issuerOf(caller), kind, actor: { caller: caller.code, at: this.clock.now() } };
    }
  }
  return PriceEntriesController;
}

interface RevisionJson {
  readonly replaces: number;
  readonly reason: string;
}
