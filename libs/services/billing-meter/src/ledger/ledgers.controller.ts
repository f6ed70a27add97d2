import type { Clock } from '@kakunin/calendar';
import { AllowRoles, CurrentCaller } from '@kakunin/callers';
import { type Caller, relyingPartyCodeSchema } from '@kakunin/relying-parties';
import { CLOCK } from '@kakunin/runtime';
import { CHECKPOINT_PATH } from '@kakunin/usage-ledger';
import { Controller, Get, Inject, Param, Res, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AdministrationDatabase } from '../database/administration-database.ts';
import { recordAudit } from '../database/audit.ts';
import { seesEverything } from '../visibility.ts';
import { Ledgers } from './ledgers.ts';
import { LedgerAccessError } from './ledger-access-error.ts';

const TEXT = 'text/plain; charset=utf-8';
const OCTETS = 'application/octet-stream';
/** Nobody between the customer and this service keeps a copy. Set on files alone: a 404 is not for ever. */
const IMMUTABLE = 'private, max-age=31536000, immutable';
const CHANGING = 'private, no-cache';
/** Level and number as C2SP tlog-tiles writes them: nothing else of a ledger's files is anybody's to read. */
const TILE = /^(entries|[0-7])\/(x\d{3}\/)*\d{3}(\.p\/([1-9]\d?|1\d\d|2[0-4]\d|25[0-5]))?$/;

/** The files of a customer's ledger (C2SP tlog-tiles), for the customer, finance and operators. There is no list of them. */
@Controller('ledgers/:customer')
@AllowRoles('platform_provider', 'finance', 'operator')
export class LedgersController {
  constructor(
    @Inject(Ledgers) private readonly ledgers: Ledgers,
    @Inject(AdministrationDatabase) private readonly database: AdministrationDatabase,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The signed tree head (C2SP tlog-checkpoint). */
  @Get('checkpoint')
  @ApiProduces(TEXT)
  @ApiOkResponse({ schema: { type: 'string' } })
  async checkpoint(
    @Param('customer', { schema: relyingPartyCodeSchema }) customer: string,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const file = await this.#read(caller, customer, CHECKPOINT_PATH);
    await this.#audit(caller, customer, CHECKPOINT_PATH);
    void reply.header('cache-control', CHANGING);
    return new StreamableFile(file, { type: TEXT });
  }

  /** The verifier keys (C2SP signed-note) of the keys that sign its checkpoints now, a line each. */
  @Get('key')
  @ApiProduces(TEXT)
  @ApiOkResponse({ schema: { type: 'string' } })
  async key(
    @Param('customer', { schema: relyingPartyCodeSchema }) customer: string,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    // The customer may have it before anything is recorded; others learn nothing of a ledger that is not theirs.
    if (caller.code !== customer) await this.#read(caller, customer, CHECKPOINT_PATH);
    void reply.header('cache-control', CHANGING);
    return new StreamableFile(Buffer.from(this.ledgers.verifierKeysOf(customer)), { type: TEXT });
  }

  /** A tile of hashes, `tile/<L>/<N>[.p/<W>]`, or the leaves below one, `tile/entries/<N>[.p/<W>]`. They never change. */
  @Get('tile/*')
  @ApiProduces(OCTETS)
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async tile(
    @Param('customer', { schema: relyingPartyCodeSchema }) customer: string,
    @Param('*') path: string,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    if (!TILE.test(path)) throw unknown();
    const file = await this.#read(caller, customer, `tile/${path}`);
    // To a customer its own usage is no secret; whoever else reads usage leaves a trace.
    if (caller.code !== customer && path.startsWith('entries/')) await this.#audit(caller, customer, `tile/${path}`);
    void reply.header('cache-control', IMMUTABLE);
    return new StreamableFile(file, { type: OCTETS });
  }

  /** A ledger that is another's, and one that is not there, look alike. */
  async #read(caller: Caller, customer: string, path: string): Promise<Uint8Array> {
    const visible = caller.code === customer || seesEverything(caller);
    const file = visible ? await this.ledgers.storeOf(customer).read(path) : undefined;
    if (!file) throw unknown();
    return file;
  }

  async #audit({ code }: Caller, customer: string, path: string): Promise<void> {
    const actor = { caller: code, at: this.clock.now() };
    const entry = { action: 'ledger.read' as const, subject: { customer, path } };
    await this.database.transaction((client) => recordAudit(client, actor, entry));
  }
}

const unknown = (): LedgerAccessError =>
  new LedgerAccessError('There is no such file of a ledger that you may read: begin with its checkpoint.');
