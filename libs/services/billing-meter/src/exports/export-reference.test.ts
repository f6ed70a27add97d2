import { readFileSync } from 'node:fs';
import { type Column, FOCUS_COLUMNS, LINE_COLUMNS } from '@kakunin/statement-documents';
import { expect, it } from 'vitest';
import { RECORD_COLUMNS } from './usage-record-text.ts';

const REFERENCE = readFileSync(new URL('../../../../../docs/reference/billing-export.md', import.meta.url), 'utf8');
const tables = REFERENCE.split('\n\n').map((part) => part.split('\n').slice(2));
const rowOf = <Row>({ name, title }: Column<Row>): string => `| \`${name}\` | ${title.ja} | ${title.en} |`;

it('documents each column of lines and FOCUS in both languages, in their order', () => {
  expect(tables).toContainEqual(LINE_COLUMNS.map(rowOf));
  expect(tables).toContainEqual(FOCUS_COLUMNS.map(rowOf));
});

it('documents each column of usage records', () => {
  const documented = tables.filter((rows) => rows[0]?.startsWith('| `event_id`'));
  expect(documented.map((rows) => rows.map((row) => /`([^`]+)`/.exec(row)?.[1]))).toEqual([[...RECORD_COLUMNS]]);
});
