import { billingPeriodOf } from '@kakunin/calendar';
import { kakuninOk } from './processes.ts';

interface Totals {
  readonly quantity: string;
  readonly listAmount: string;
  readonly waiverAmount: string;
  readonly amountDue: string;
}

export interface ExportLine extends Totals {
  readonly customer: string;
  readonly serviceProvider: string;
  readonly certificateClass: string;
  readonly unitPrice: string;
}

export interface BillingExport {
  readonly state: string;
  readonly statements: readonly {
    readonly customer: string;
    readonly lines: readonly ExportLine[];
    readonly totals: Totals;
  }[];
  readonly totals: Totals;
}

/** This month's export, in Japan. */
export async function exportMonth(folder: string): Promise<BillingExport> {
  return JSON.parse(await kakuninOk(folder, ['billing', 'export', billingPeriodOf(Date.now()), '--format', 'json']));
}

export const chargedChecks = async (folder: string): Promise<number> =>
  Number((await exportMonth(folder)).totals.quantity);
