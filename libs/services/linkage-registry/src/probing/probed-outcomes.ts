import type { Authority } from '@kakunin/certificates';
import type { ProbedOutcome } from '@kakunin/probing';
import { Inject, Injectable } from '@nestjs/common';
import { HoneyCertificates } from './honey-certificates.ts';
import { IssuedCount } from './issued-count.ts';
import { probedOutcome } from './probed-outcome.ts';

/** What calls were about, for the detector. */
@Injectable()
export class ProbedOutcomes {
  constructor(
    @Inject(HoneyCertificates) private readonly honey: HoneyCertificates,
    @Inject(IssuedCount) private readonly issued: IssuedCount,
  ) {}

  of(authority: Authority | undefined, serialNumber: string, granted: boolean): ProbedOutcome {
    if (authority && this.honey.has(authority, serialNumber)) return { kind: 'honey' };
    return probedOutcome({ authority, serialNumber, granted, issued: this.issued.value });
  }

  async refresh(): Promise<void> {
    await this.honey.load();
    await this.issued.refresh();
  }
}
