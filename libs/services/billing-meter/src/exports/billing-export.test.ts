import { countByMinute, PriceList, PUBLISHED_TARIFFS, PUBLISHED_WAIVERS } from '@kakunin/billing';
import type { BillingPeriod } from '@kakunin/calendar';
import type { UsageEvent } from '@kakunin/usage';
import { describe, expect, it } from 'vitest';
import { parseCsv } from '../testing/parse-csv.ts';
import { jst, usageEvent } from '../testing/usage-events.ts';
import { billingExportOf } from './billing-export.ts';
import { exportCsv } from './export-csv.ts';
import { exportJson } from './export-json.ts';
import { exportSchema } from './export-schema.ts';

const prices = new PriceList(PUBLISHED_TARIFFS, PUBLISHED_WAIVERS);
const exportOf = (events = [usageEvent(), usageEvent()], now = jst('2026-11-30T23:59:59.999')) =>
  billingExportOf({
    period: '2026-11' as BillingPeriod,
    usage: { counts: countByMinute(events), asOf: events.length > 0 ? jst('2026-11-20T09:00:00') : undefined },
    prices,
    now,
  });

const csvOf = (events?: UsageEvent[]): string => [...exportCsv(exportOf(events))].join('');

describe('billing export', () => {
  it('is open until the month is over in Japan', () => {
    expect(exportOf().state).toBe('open');
    expect(exportOf([], jst('2026-12-01T00:00:00')).state).toBe('ended');
  });

  it('names only the tariffs and waivers that its lines rest on', () => {
    const { tariffs, waivers } = exportOf();
    expect(tariffs.map(({ id }) => id)).toEqual(['ocsp-signature']);
    expect(waivers.map(({ id }) => id)).toEqual(['ocsp-fee-waiver']);
    expect(exportOf([usageEvent({ channel: 'crl' })]).waivers).toEqual([]);
  });

  it('is valid JSON with money as decimal strings, also with nothing in it', () => {
    const amounts = { quantity: '2', listAmount: '40', waiverAmount: '-40', amountDue: '0' };
    const parsed: unknown = JSON.parse([...exportJson(exportOf())].join(''));
    expect(parsed).toMatchObject({
      period: '2026-11',
      timeZone: 'Asia/Tokyo',
      currency: 'JPY',
      state: 'open',
      asOf: '2026-11-20T09:00:00.000+09:00',
      chargeableOutcomes: { version: 1, outcomes: ['good', 'revoked'] },
      waivers: [{ id: 'ocsp-fee-waiver', legalGround: { ja: expect.stringContaining('当分の間') as string } }],
      statements: [{ customer: 'pf-a', lines: [{ unitPrice: '20', ...amounts }], totals: amounts }],
      totals: amounts,
    });
    const nothing: unknown = JSON.parse([...exportJson(exportOf([]))].join(''));
    expect(nothing).toMatchObject({ asOf: null, statements: [] });
    for (const document of [parsed, nothing]) expect(exportSchema.parse(document)).toEqual(document);
  });

  it('is CSV that Excel opens: byte order mark, CRLF, stable columns, negative amounts as numbers', () => {
    const csv = csvOf();
    expect(csv.split('\r\n')).toEqual([
      '\uFEFFbilling_period,state,as_of,customer,service_provider,certificate_class,carrier,channel,purpose,' +
        'quantity,unit_price,list_amount,waiver_amount,amount_due,tariff_id,waiver_id,kind,usage_period,tier,' +
        'tax_category,document,document_number',
      '2026-11,open,2026-11-20T09:00:00.000+09:00,pf-a,sp-a,signature,card,ocsp,signature_verification,' +
        '2,20,40,-40,0,ocsp-signature,ocsp-fee-waiver,usage,2026-11,,non_taxable,,',
      '',
    ]);
    expect(parseCsv(csv.slice(1))).toHaveLength(1);
    expect(csvOf([]).split('\r\n')).toHaveLength(2);
  });

  it('never runs a cell as a formula, and quotes what needs it', () => {
    const csv = csvOf([usageEvent({ serviceProvider: '=1+1,"x"' })]);
    expect(parseCsv(csv.slice(1))[0]).toMatchObject({ service_provider: `'=1+1,"x"`, waiver_amount: '-20' });
  });
});
