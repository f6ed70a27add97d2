import { CurrentCaller } from '@kakunin/callers';
import type { Clock } from '@kakunin/calendar';
import { type Caller, relyingPartyCodeSchema } from '@kakunin/relying-parties';
import { CLOCK } from '@kakunin/runtime';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { AllowCall } from '../calls/allow-call.ts';
import { WebhookDeliveryStore } from './webhook-delivery.store.ts';
import { Webhooks } from './webhooks.ts';

const endpointIdSchema = z.uuid();
const LONGEST_OVERLAP_HOURS = 24 * 30;

const newEndpointSchema = z.strictObject({
  serviceProvider: relyingPartyCodeSchema,
  url: z.string().max(2_000).describe('https, out on the internet.'),
});
const listSchema = z.strictObject({ serviceProvider: relyingPartyCodeSchema });
const rotationSchema = z.strictObject({
  overlapHours: z
    .int()
    .min(0)
    .max(LONGEST_OVERLAP_HOURS)
    .default(24)
    .describe('For how long the key before signs as well.'),
});
const deadLettersSchema = z.strictObject({
  cursor: z
    .string()
    .regex(/^\d{1,15}$/)
    .default('0'),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});
const redeliverySchema = z.strictObject({
  sequences: z
    .array(z.int().positive())
    .min(1)
    .max(1_000)
    .exactOptional()
    .describe('Which dead letters; all, when left out.'),
});

const endpointSchema = z.object({
  endpointId: endpointIdSchema,
  serviceProvider: relyingPartyCodeSchema,
  url: z.string(),
  state: z.enum(['unverified', 'active', 'disabled']),
  disabledBecause: z.enum(['gone', 'failing']).exactOptional(),
  createdAt: z.int().describe('epoch milliseconds'),
  failingSince: z.int().exactOptional().describe('epoch milliseconds'),
});
const keySchema = z.object({
  secret: z.string().describe('`whsec_…`: HMAC-SHA-256 (v1). Shown this once.'),
  publicKey: z.string().describe('`whpk_…`: Ed25519 (v1a).'),
});
const registeredSchema = z.object({ endpoint: endpointSchema, key: keySchema });
const rotatedSchema = z.object({ key: keySchema, previousEndsAt: z.int() });
const deadLetterPageSchema = z.object({
  items: z.array(
    z.object({
      sequence: z.int(),
      attempts: z.int(),
      deadAt: z.int(),
      reason: z.enum(['endpoint_gone', 'exhausted', 'endpoint_disabled']),
    }),
  ),
  next: z.string().describe('The cursor to go on with.'),
});

/** Where linkage events are sent, in the form of Standard Webhooks. */
@Controller('webhooks')
@AllowCall('administer_webhooks')
export class WebhooksController {
  constructor(
    @Inject(Webhooks) private readonly webhooks: Webhooks,
    @Inject(WebhookDeliveryStore) private readonly deliveries: WebhookDeliveryStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post()
  @ApiCreatedResponse({ standardSchema: registeredSchema })
  register(
    @CurrentCaller() { code }: Caller,
    @Body({ schema: newEndpointSchema }) body: z.output<typeof newEndpointSchema>,
  ): Promise<z.output<typeof registeredSchema>> {
    return this.webhooks.register(code, body);
  }

  @Get()
  @ApiOkResponse({ standardSchema: z.array(endpointSchema) })
  async list(
    @CurrentCaller() { code }: Caller,
    @Query({ schema: listSchema }) { serviceProvider }: z.output<typeof listSchema>,
  ): Promise<z.output<typeof endpointSchema>[]> {
    return [...(await this.webhooks.list(code, serviceProvider))];
  }

  /** Has the endpoint answer a challenge; from then on it is sent news. */
  @Post(':endpointId/verifications')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: endpointSchema })
  verify(
    @CurrentCaller() { code }: Caller,
    @Param('endpointId', { schema: endpointIdSchema }) endpointId: string,
  ): Promise<z.output<typeof endpointSchema>> {
    return this.webhooks.verify(code, endpointId);
  }

  @Post(':endpointId/rotations')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: rotatedSchema })
  rotate(
    @CurrentCaller() { code }: Caller,
    @Param('endpointId', { schema: endpointIdSchema }) endpointId: string,
    @Body({ schema: rotationSchema }) { overlapHours }: z.output<typeof rotationSchema>,
  ): Promise<z.output<typeof rotatedSchema>> {
    return this.webhooks.rotate(code, endpointId, overlapHours);
  }

  @Get(':endpointId/dead-letters')
  @ApiOkResponse({ standardSchema: deadLetterPageSchema })
  async deadLetters(
    @CurrentCaller() { code }: Caller,
    @Param('endpointId', { schema: endpointIdSchema }) endpointId: string,
    @Query({ schema: deadLettersSchema }) { cursor, limit }: z.output<typeof deadLettersSchema>,
  ): Promise<z.output<typeof deadLetterPageSchema>> {
    await this.webhooks.requireOwnEndpoint(code, endpointId);
    const items = await this.deliveries.deadLetters(endpointId, { after: Number(cursor), limit });
    return { items, next: String(items.at(-1)?.sequence ?? cursor) };
  }

  /** Sends dead letters anew, to an endpoint that is well again. */
  @Post(':endpointId/redeliveries')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: z.object({ revived: z.int() }) })
  async redeliver(
    @CurrentCaller() { code }: Caller,
    @Param('endpointId', { schema: endpointIdSchema }) endpointId: string,
    @Body({ schema: redeliverySchema }) { sequences }: z.output<typeof redeliverySchema>,
  ): Promise<{ revived: number }> {
    await this.webhooks.requireOwnEndpoint(code, endpointId);
    const now = this.clock.now();
    return { revived: await this.deliveries.revive(endpointId, { ...(sequences && { sequences }), now }) };
  }

  /** With its keys, and all that waits for it. */
  @Post(':endpointId/removals')
  @HttpCode(204)
  @ApiNoContentResponse()
  remove(
    @CurrentCaller() { code }: Caller,
    @Param('endpointId', { schema: endpointIdSchema }) endpointId: string,
  ): Promise<void> {
    return this.webhooks.remove(code, endpointId);
  }
}
