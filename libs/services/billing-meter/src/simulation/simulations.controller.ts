import type { Clock } from '@kakunin/calendar';
import { AllowRoles, CurrentCaller } from '@kakunin/callers';
import type { Caller } from '@kakunin/relying-parties';
import { CLOCK } from '@kakunin/runtime';
import { isoJst } from '@kakunin/statement-documents';
import { Body, Controller, HttpCode, Inject, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import { z } from 'zod';
import { AdministrationDatabase } from '../database/administration-database.ts';
import { recordAudit } from '../database/audit.ts';
import { jsonOf } from '../api/json.ts';
import { seesEverything } from '../visibility.ts';
import { simulationChart } from './simulation-chart.ts';
import { simulationCsv } from './simulation-csv.ts';
import {
  assumptionsOf,
  periodsOf,
  type SimulationRequest,
  simulationRequestSchema,
  simulationSchema,
} from './schemas.ts';
import { type SimulatedMonths, Simulator } from './simulator.ts';

const querySchema = z.strictObject({ format: z.enum(['json', 'csv', 'svg']).default('json') });

const simulationJson = ({ asOf, ...simulated }: SimulatedMonths): string =>
  `${JSON.stringify(jsonOf({ asOf: asOf === undefined ? null : isoJst(asOf), ...simulated }))}\n`;

const FORMATS = {
  json: { type: 'application/json; charset=utf-8', write: simulationJson },
  csv: { type: 'text/csv; charset=utf-8', write: simulationCsv },
  svg: { type: 'image/svg+xml; charset=utf-8', write: simulationChart },
};

@Controller('simulations')
export class SimulationsController {
  constructor(
    @Inject(Simulator) private readonly simulator: Simulator,
    @Inject(AdministrationDatabase) private readonly database: AdministrationDatabase,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** What months would cost under assumptions: finance simulates all customers, a platform provider itself. */
  @Post()
  @HttpCode(200)
  @AllowRoles('finance', 'operator', 'platform_provider')
  @ApiProduces('application/json', 'text/csv', 'image/svg+xml')
  @ApiOkResponse({ standardSchema: simulationSchema })
  async run(
    @Body({ schema: simulationRequestSchema }) request: SimulationRequest,
    @Query({ schema: querySchema }) { format }: z.infer<typeof querySchema>,
    @CurrentCaller() caller: Caller,
  ): Promise<StreamableFile> {
    const customer = seesEverything(caller) ? undefined : caller.code;
    const periods = periodsOf(request);
    const actor = { caller: caller.code, at: this.clock.now() };
    const subject = { periods, assumptions: request.assumptions, format, customer: customer ?? null };
    await this.database.transaction((client) => recordAudit(client, actor, { action: 'simulation.run', subject }));
    const simulated = await this.simulator.run({ periods, assumptions: assumptionsOf(request), customer });
    const { type, write } = FORMATS[format];
    return new StreamableFile(Buffer.from(write(simulated)), { type });
  }
}
