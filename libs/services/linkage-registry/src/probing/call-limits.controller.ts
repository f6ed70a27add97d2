import { relyingPartyCodeSchema } from '@kakunin/relying-parties';
import { CONFIG } from '@kakunin/runtime';
import { Body, Controller, Get, Inject, Param, Put } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { AllowCall } from '../calls/allow-call.ts';
import type { LinkageRegistryConfig } from '../config.ts';
import { RegistryDatabase } from '../database/registry-database.ts';
import { RegistryError } from '../registry-error.ts';
import { type CallLimit, limitOf } from './call-limits.store.ts';

const limitSchema = z.strictObject({
  callsPerHour: z.int().positive().max(1_000_000_000).describe('Identifications, evenly refilled; as many at once.'),
  personsPerDay: z.int().positive().max(1_000_000_000).describe('Different persons, within about 2 %.'),
});

/** How much a caller may ask; who has no limit of its own has that of the configuration. */
@Controller('relying-parties/:code/call-limit')
@AllowCall('administer_quotas')
export class CallLimitsController {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(CONFIG) private readonly config: Pick<LinkageRegistryConfig, 'callsPerHour' | 'personsPerDay'>,
  ) {}

  @Get()
  @ApiOkResponse({ standardSchema: limitSchema })
  async read(@Param('code', { schema: relyingPartyCodeSchema }) code: string): Promise<CallLimit> {
    const { rowCount } = await this.database.query('SELECT FROM relying_party WHERE code = $1', [code]);
    if (rowCount === 0) throw unknown(code);
    const { callsPerHour, personsPerDay } = this.config;
    return limitOf(this.database, code, { callsPerHour, personsPerDay });
  }

  @Put()
  @ApiOkResponse({ standardSchema: limitSchema })
  async put(
    @Param('code', { schema: relyingPartyCodeSchema }) code: string,
    @Body({ schema: limitSchema }) { callsPerHour, personsPerDay }: CallLimit,
  ): Promise<CallLimit> {
    const { rowCount } = await this.database.query(
      `INSERT INTO call_limit (caller, calls_an_hour, persons_a_day)
       SELECT code, $2, $3 FROM relying_party WHERE code = $1
       ON CONFLICT (caller) DO UPDATE SET calls_an_hour = excluded.calls_an_hour, persons_a_day = excluded.persons_a_day`,
      [code, callsPerHour, personsPerDay],
    );
    if (rowCount === 0) throw unknown(code);
    return { callsPerHour, personsPerDay };
  }
}

const unknown = (code: string): RegistryError =>
  new RegistryError('relying_party_unknown', `${code} is not registered.`);
