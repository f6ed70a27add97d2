import type { Clock } from '@kakunin/calendar';
import { relyingPartyCodeSchema } from '@kakunin/relying-parties';
import { CLOCK } from '@kakunin/runtime';
import { Body, Controller, Get, Inject, Param, Put } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { AllowCall } from '../calls/allow-call.ts';
import { RegistryDatabase } from '../database/registry-database.ts';
import { RegistryError } from '../registry-error.ts';
import { DEFAULT_POLICY, type IdentificationPolicy, identificationPolicySchema } from './identification-policy.ts';

interface Row {
  readonly policy: IdentificationPolicy | null;
}

/** For what persons are named to a service provider, and what is said of their certificates. */
@Controller('relying-parties/:code/identification-policy')
@AllowCall('administer_relying_parties')
export class IdentificationPoliciesController {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @ApiOkResponse({ standardSchema: identificationPolicySchema })
  async read(@Param('code', { schema: relyingPartyCodeSchema }) code: string): Promise<IdentificationPolicy> {
    const { rows } = await this.database.query<Row>(
      `SELECT policy FROM relying_party LEFT JOIN identification_policy ON service_provider = code
       WHERE code = $1 AND kind = 'service_provider'`,
      [code],
    );
    if (!rows[0]) throw unknown(code);
    return rows[0].policy ?? DEFAULT_POLICY;
  }

  @Put()
  @ApiOkResponse({ standardSchema: identificationPolicySchema })
  async put(
    @Param('code', { schema: relyingPartyCodeSchema }) code: string,
    @Body({ schema: identificationPolicySchema }) policy: IdentificationPolicy,
  ): Promise<IdentificationPolicy> {
    const { rowCount } = await this.database.query(
      `INSERT INTO identification_policy (service_provider, policy, changed_at)
       SELECT code, $2, $3 FROM relying_party WHERE code = $1 AND kind = 'service_provider'
       ON CONFLICT (service_provider) DO UPDATE SET policy = excluded.policy, changed_at = excluded.changed_at`,
      [code, JSON.stringify(policy), this.clock.now()],
    );
    if (rowCount === 0) throw unknown(code);
    return policy;
  }
}

const unknown = (code: string): RegistryError =>
  new RegistryError('relying_party_unknown', `${code} is not registered as a service provider: register it first.`);
