import { CHARGEABLE_OUTCOMES, type Statement } from '@kakunin/billing';
import { isoJst } from '@kakunin/statement-documents';
import type { BillingExport } from './billing-export.ts';

/** Yen and quantities may be larger than a double holds: they are decimal strings. */
const json = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? part.toString() : part));

/** The export as one JSON document, statement by statement. */
export function* exportJson({ statements, totals, asOf, ...head }: BillingExport): Generator<string> {
  const { period, state, tariffs, waivers } = head;
  const about = {
    period,
    timeZone: 'Asia/Tokyo',
    currency: 'JPY',
    state,
    asOf: asOf === undefined ? null : isoJst(asOf),
  };
  yield json({ ...about, chargeableOutcomes: CHARGEABLE_OUTCOMES, tariffs, waivers }).slice(0, -1);
  yield ',\n"statements":[';
  for (const [index, statement] of statements.entries())
    yield `${index === 0 ? '\n' : ',\n'}${json(statementJson(statement))}`;
  yield `],\n"totals":${json(totals)}}\n`;
}

const statementJson = ({ customer, lines, totals }: Statement): object => ({ customer, lines, totals });
