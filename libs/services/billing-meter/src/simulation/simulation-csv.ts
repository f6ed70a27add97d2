import type { SimulationRow } from '@kakunin/billing';
import { type Cell, type Column, csvOf } from '@kakunin/statement-documents';
import type { SimulatedMonths } from './simulator.ts';

type Row = SimulationRow & { readonly period: string };

const column = (name: string, ja: string, en: string, value: (row: Row) => Cell): Column<Row> => ({
  name,
  title: { ja, en },
  value,
});

/** In their order for ever: a new one goes to the end. */
export const SIMULATION_COLUMNS: readonly Column<Row>[] = [
  column('billing_period', '請求対象月', 'month that is simulated', ({ period }) => period),
  column('customer', 'お客様コード', 'code of the platform provider', ({ customer }) => customer),
  column(
    'service_provider',
    'サービス提供者',
    'its code; empty: the customer',
    ({ serviceProvider }) => serviceProvider,
  ),
  column('quantity', '件数', 'chargeable checks', ({ quantity }) => quantity),
  column('present', '現行', 'yen, before tax: what is due', ({ present }) => present),
  column('simulated', '試算', 'yen, before tax: what would be due', ({ simulated }) => simulated),
  column('difference', '差額', 'yen: simulated − present', ({ difference }) => difference),
];

export const simulationCsv = ({ simulations }: SimulatedMonths): Buffer =>
  csvOf(
    SIMULATION_COLUMNS,
    simulations.flatMap(({ period, rows }) => rows.map((row) => ({ ...row, period }))),
  );
