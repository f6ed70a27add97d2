import type { StatementLine } from '@kakunin/billing';
import type { BillingPeriod } from '@kakunin/calendar';
import { Inject, Injectable } from '@nestjs/common';
import { AdministrationDatabase } from '../database/administration-database.ts';
import { jsonOf } from '../api/json.ts';

/** What a platform provider added to the fee, as it was frozen. */
export interface FrozenMargin {
  readonly period: BillingPeriod;
  /** Epoch ms. */
  readonly pricesKnownAt: number;
  /** Those of another `usagePeriod` came late. */
  readonly lines: readonly StatementLine[];
}

/** Margins of closed months: added once, and then only read. */
@Injectable()
export class ResaleMarginStore {
  constructor(@Inject(AdministrationDatabase) private readonly database: AdministrationDatabase) {}

  /** By month. */
  async all(issuer: string): Promise<ReadonlyMap<BillingPeriod, FrozenMargin>> {
    const rows = await this.database.transaction((client) => client.resaleMargin.findMany({ where: { issuer } }));
    return new Map(
      rows.map((row) => {
        const period = row.period as BillingPeriod;
        const lines = (row.lines as unknown as readonly LineJson[]).map(lineFrom);
        return [period, { period, pricesKnownAt: row.pricesKnownAt.getTime(), lines }];
      }),
    );
  }

  /**
   * @param known how many months were frozen when this one was made
   * @returns false: meanwhile another was frozen, and this one has to be made again
   */
  async add(issuer: string, { period, pricesKnownAt, lines }: FrozenMargin, known: number): Promise<boolean> {
    const margin = { period, pricesKnownAt: new Date(pricesKnownAt), lines: jsonOf(lines) };
    const data = { issuer, number: known + 1, ...margin };
    const { count } = await this.database.transaction((client) =>
      client.resaleMargin.createMany({ data, skipDuplicates: true }),
    );
    return count === 1;
  }
}

type Yen = 'quantity' | 'listAmount' | 'waiverAmount' | 'amountDue';
type LineJson = Omit<StatementLine, Yen | 'unitPrice'> & Record<Yen, string> & { readonly unitPrice?: string };

const lineFrom = ({ unitPrice, ...line }: LineJson): StatementLine => ({
  ...line,
  ...(unitPrice !== undefined && { unitPrice: BigInt(unitPrice) }),
  quantity: BigInt(line.quantity),
  listAmount: BigInt(line.listAmount),
  waiverAmount: BigInt(line.waiverAmount),
  amountDue: BigInt(line.amountDue),
});
