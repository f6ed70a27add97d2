import type { TaxPart, TaxSummary, Totals } from '@kakunin/billing';
import type { DocumentLine } from '../billing-document.ts';
import type { Table } from './table.ts';
import { taxLabel, taxMark } from './words.ts';
import { grouped, yen } from './yen.ts';

/** 税率ごとに区分した対価の額と消費税額等: a row for each rate, then all together. */
export const TAX: Table<TaxPart | TaxSummary> = {
  size: 8.5,
  isBold: (row) => 'parts' in row,
  columns: [
    { title: '税率区分', titleEn: 'Rate', share: 3, value: (row) => ('parts' in row ? '合計' : taxLabel(row)) },
    { title: '対象金額（税抜）', titleEn: 'Before tax', share: 3, align: 'right', value: (row) => yen(taxable(row)) },
    {
      title: '消費税額等',
      titleEn: 'Consumption tax',
      share: 3,
      align: 'right',
      value: ({ taxAmount }) => yen(taxAmount),
    },
    {
      title: '金額（税込）',
      titleEn: 'With tax',
      share: 3,
      align: 'right',
      value: (row) => yen(taxable(row) + row.taxAmount),
    },
  ],
};

const taxable = (row: TaxPart | TaxSummary): bigint =>
  'parts' in row ? row.amountWithTax - row.taxAmount : row.taxableAmount;

export const SUMS: Table<Totals> = {
  size: 8.5,
  columns: [
    {
      title: '確認件数',
      titleEn: 'Checks',
      share: 3,
      align: 'right',
      value: ({ quantity }) => `${grouped(quantity)}件`,
    },
    {
      title: '料金（減免前）',
      titleEn: 'List price',
      share: 3,
      align: 'right',
      value: ({ listAmount }) => yen(listAmount),
    },
    { title: '減免額', titleEn: 'Waived', share: 3, align: 'right', value: ({ waiverAmount }) => yen(waiverAmount) },
    {
      title: '差引金額（税抜）',
      titleEn: 'Net, before tax',
      share: 3,
      align: 'right',
      value: ({ amountDue }) => yen(amountDue),
    },
  ],
};

export interface NumberedLine extends DocumentLine {
  /** From 1. */
  readonly position: number;
}

type Row = NumberedLine | Totals;
const of =
  (value: (row: NumberedLine) => string) =>
  (row: Row): string =>
    'position' in row ? value(row) : '';
const sum =
  (value: (totals: Totals) => bigint) =>
  (row: Row): string =>
    grouped(value('line' in row ? row.line : row));

/** @param notes the number of the note below that says why a waiver is */
export const lineTable = (notes: ReadonlyMap<string, number>): Table<Row> => ({
  size: 7,
  isBold: (row) => !('position' in row),
  columns: [
    { title: 'No.', titleEn: '', share: 22, align: 'right', value: of(({ position }) => String(position)) },
    {
      title: '内容',
      titleEn: 'Description',
      share: 150,
      value: (row) => ('position' in row ? contentOf(row, notes) : '合計'),
    },
    {
      title: 'サービス提供者',
      titleEn: 'Service provider',
      share: 62,
      value: of(({ line }) => line.serviceProvider || '―'),
    },
    { title: '件数', titleEn: 'Checks', share: 62, align: 'right', value: sum(({ quantity }) => quantity) },
    {
      title: '単価',
      titleEn: 'Price',
      share: 34,
      align: 'right',
      value: of(({ line }) => priceOf(line.unitPrice)),
    },
    { title: '料金', titleEn: 'List price', share: 62, align: 'right', value: sum(({ listAmount }) => listAmount) },
    { title: '減免額', titleEn: 'Waived', share: 62, align: 'right', value: sum(({ waiverAmount }) => waiverAmount) },
    { title: '金額（円）', titleEn: 'Amount', share: 62, align: 'right', value: sum(({ amountDue }) => amountDue) },
    {
      title: '税率',
      titleEn: 'Tax',
      share: 34,
      align: 'center',
      value: of(({ line, taxPercent }) => taxMark({ category: line.taxCategory, percent: taxPercent })),
    },
  ],
});

const priceOf = (unitPrice: bigint | undefined): string => (unitPrice === undefined ? '' : grouped(unitPrice));

function contentOf({ description, late, line }: NumberedLine, notes: ReadonlyMap<string, number>): string {
  const note = line.waiverId === undefined ? '' : `　減免（注${notes.get(line.waiverId)}）`;
  return `${late ? '【過月分】' : ''}${line.taxCategory === 'reduced' ? '※' : ''}${description.ja}${note}`;
}
