import { AllowAnyone } from '@kakunin/callers';
import { Controller, Get, Header, Inject } from '@nestjs/common';
import { STATUS_SOURCE } from '../answering/status-source.ts';
import type { StatusSource } from '../answering/status-source.ts';

/** How old the status data is, for everyone: no counts, no certificates. */
@AllowAnyone()
@Controller('status-data')
export class StatusDataController {
  constructor(@Inject(STATUS_SOURCE) private readonly source: StatusSource) {}

  @Get()
  @Header('cache-control', 'no-store')
  statusData(): { readonly authorities: readonly { readonly authorityId: string; readonly asOf: number | null }[] } {
    const authorities = [...this.source.all()].map(({ authorityId, asOf = null }) => ({ authorityId, asOf }));
    return { authorities: authorities.sort((a, b) => a.authorityId.localeCompare(b.authorityId)) };
  }
}
