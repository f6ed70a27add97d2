import { AllowAnyone } from '@kakunin/callers';
import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { STATUS_SOURCE } from '../answering/status-source.ts';
import type { StatusSource } from '../answering/status-source.ts';

const statusDataSchema = z.object({
  authorities: z.array(
    z.object({
      authorityId: z.string(),
      asOf: z
        .int()
        .nullable()
        .describe('Epoch milliseconds: what was acknowledged to the authority before it is known; null: nothing yet.'),
    }),
  ),
});

/** How old the status data is, for everyone: no counts, no certificates. */
@AllowAnyone()
@Controller('status-data')
export class StatusDataController {
  constructor(@Inject(STATUS_SOURCE) private readonly source: StatusSource) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOkResponse({ standardSchema: statusDataSchema })
  statusData(): z.infer<typeof statusDataSchema> {
    const authorities = [...this.source.all()].map(({ authorityId, asOf = null }) => ({ authorityId, asOf }));
    return { authorities: authorities.sort((a, b) => a.authorityId.localeCompare(b.authorityId)) };
  }
}
