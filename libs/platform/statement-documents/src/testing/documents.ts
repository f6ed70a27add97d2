import {
  type ClosedStatement,
  closeStatement,
  CONSUMPTION_TAX_RATES,
  type CreditNote,
  creditNoteFor,
  type LineSubject,
  lineOf,
  type StatementLine,
  type TaxRounding,
  totalsOf,
} from '@kakunin/billing';
import type { BillingPeriod } from '@kakunin/calendar';
import type { LegalGrounds } from '../billing-document.ts';

const NOVEMBER = '2026-11' as BillingPeriod;
const CLOSED_AT = Date.parse('2026-12-01T09:00:00+09:00');
const tax = (rounding: TaxRounding) => ({ rates: CONSUMPTION_TAX_RATES, rounding });

export const GROUNDS: LegalGrounds = new Map([
  [
    'ocsp-fee-waiver',
    {
      ja: '公的個人認証法第67条第1項に基づく手数料を当分の間、無料とする取扱いによる。',
      en: 'Waived for the time being.',
    },
  ],
]);

export const aLine = (differing: Partial<LineSubject> = {}, quantity = 3n, yen = 105n * quantity): StatementLine =>
  lineOf(
    {
      kind: 'usage',
      customer: 'pf-a',
      serviceProvider: 'sp-a',
      usagePeriod: NOVEMBER,
      certificateClass: 'signature',
      carrier: 'card',
      channel: 'ocsp',
      purpose: 'signature_verification',
      unitPrice: 105n,
      tariffId: 'ocsp-signature',
      taxCategory: 'standard',
      ...differing,
    },
    quantity,
    yen,
  );

const whole = {
  certificateClass: undefined,
  carrier: undefined,
  channel: undefined,
  purpose: undefined,
  unitPrice: undefined,
};
const wholeLine = (kind: LineSubject['kind'], serviceProvider: string, yen: bigint): StatementLine =>
  aLine({ ...(whole as object), kind, serviceProvider, tariffId: `${kind}-2026` }, 0n, yen);

/** A line of every kind, tax category and reason that a statement may have. */
export const everyKindOfLine: readonly StatementLine[] = [
  aLine({ usagePeriod: '2026-10' as BillingPeriod }, 2n),
  aLine(),
  aLine({ serviceProvider: 'sp-b', unitPrice: 20n, tier: 1 }, 1_000_000n, 20_000_000n),
  aLine({ serviceProvider: 'sp-b', unitPrice: 15n, tier: 2 }, 234_567n, 3_518_505n),
  wholeLine('pool_saving', 'sp-b', -1_234_567n),
  aLine(
    { serviceProvider: 'sp-c', waiverId: 'ocsp-fee-waiver', unitPrice: 20n, taxCategory: 'non_taxable' },
    41_000n,
    820_000n,
  ),
  aLine({ serviceProvider: 'sp-d', channel: 'crl', unitPrice: 7n, taxCategory: 'reduced' }, 31n, 217n),
  aLine({ serviceProvider: 'sp-e', channel: 'crl', unitPrice: 0n, taxCategory: 'out_of_scope' }, 9n, 0n),
  wholeLine('minimum', '', 5_000n),
];

interface Closing {
  readonly recipient?: string;
  readonly rounding?: TaxRounding;
}

/** The statement of `pf-a` for November 2026, closed. */
export function closedWith(
  lines: readonly StatementLine[],
  { recipient, rounding = 'floor' }: Closing = {},
): ClosedStatement {
  const closed = closeStatement({
    month: { state: 'closing', period: NOVEMBER, pricesKnownAt: CLOSED_AT },
    statement: { customer: 'pf-a', period: NOVEMBER, lines, totals: totalsOf(lines) },
    producers: [],
    invoice: {
      number: '2026-000012',
      issuer: {
        name: '確認機構',
        nameEn: 'Kakunin Agency',
        address: '〒100-0014 東京都千代田区永田町一丁目1番1号',
        registrationNumber: 'T7000012050002',
      },
      recipient: { name: recipient ?? '株式会社プラットフォーム' },
    },
    priceListHash: '0'.repeat(64),
    lateMonths: [],
    tax: tax(rounding),
    now: CLOSED_AT,
  });
  if (!closed.done) throw new Error(JSON.stringify(closed.blockers));
  return closed.to;
}

/** Gives back what is not in `corrected`. */
export const creditedTo = (corrected: readonly StatementLine[], statement = closedWith(everyKindOfLine)): CreditNote =>
  creditNoteFor({
    number: '2026-C00003',
    statement,
    earlier: [],
    corrected,
    basis: { kind: 'quantities' },
    reason: { ja: '件数の誤り', en: 'wrong quantity' },
    issuedAt: CLOSED_AT + 9 * 86_400_000,
    rates: tax(statement.tax.rounding).rates,
  });
