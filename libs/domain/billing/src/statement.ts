import type { PricedBy } from './pricing-scope.ts';

/** What a sum of money is made of; whole yen. `amountDue` = `listAmount` + `waiverAmount`. */
export interface Totals {
  /** Chargeable checks. */
  readonly quantity: bigint;
  /** quantity × unit price. */
  readonly listAmount: bigint;
  /** What a waiver takes off: 0 or less. */
  readonly waiverAmount: bigint;
  readonly amountDue: bigint;
}

/** The checks of one customer for one service provider that have everything in common that prices depend on. */
export interface StatementLine extends PricedBy, Totals {
  /** Empty: the customer for itself. */
  readonly serviceProvider: string;
  /** Whole yen. */
  readonly unitPrice: bigint;
  /** The tariff that the unit price comes from. */
  readonly tariffId: string;
  /** The waiver that takes the whole line off; absent: none does. */
  readonly waiverId?: string;
}

/** What one customer owes for a period. */
export interface Statement {
  readonly customer: string;
  readonly lines: readonly StatementLine[];
  readonly totals: Totals;
}

export const totalsOf = (parts: readonly Totals[]): Totals => ({
  quantity: parts.reduce((sum, part) => sum + part.quantity, 0n),
  listAmount: parts.reduce((sum, part) => sum + part.listAmount, 0n),
  waiverAmount: parts.reduce((sum, part) => sum + part.waiverAmount, 0n),
  amountDue: parts.reduce((sum, part) => sum + part.amountDue, 0n),
});

/** One statement per customer, in the order of the lines. */
export const statementsOf = (lines: readonly StatementLine[]): readonly Statement[] =>
  [...Map.groupBy(lines, ({ customer }) => customer)].map(([customer, own]) => ({
    customer,
    lines: own,
    totals: totalsOf(own),
  }));
