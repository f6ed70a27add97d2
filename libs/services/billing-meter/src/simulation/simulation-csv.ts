import type { SimulationRow } from '@kakunin/billing';
import { type CsvColumns, csvOf } from '../api/csv.ts';
import type { SimulatedMonths } from './simulator.ts';

type Row = SimulationRow & { readonly period: string };

/** docs/reference/tariffs.md has them in both languages. */
const COLUMNS: CsvColumns<Row> = {
  billing_period: ({ period }) => period,
  customer: ({ customer }) => customer,
  service_provider: ({ serviceProvider }) => serviceProvider,
  quantity: ({ quantity }) => quantity,
  present: ({ present }) => present,
  simulated: ({ simulated }) => simulated,
  difference: ({ difference }) => difference,
};

export const simulationCsv = ({ simulations }: SimulatedMonths): string =>
  csvOf(
    COLUMNS,
    simulations.flatMap(({ period, rows }) => rows.map((row) => ({ ...row, period }))),
  );
