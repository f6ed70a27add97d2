import { PriceList, priceListHash, type StatementLine, type Tariff } from '@kakunin/billing';
import type { BillingPeriod } from '@kakunin/calendar';
import { beforeAll, describe, expect, it } from 'vitest';
import { asPublished, jst, PayerScene, segment } from '../testing/ledger-scene.ts';
import { type SignedDocument, type StatementVerification, verifyStatement } from './index.ts';
import type { PublishedPrices } from './types.ts';

const OCTOBER = '2026-10' as BillingPeriod;
const NOVEMBER = '2026-11' as BillingPeriod;
const fee = (unitPrice: bigint): PriceList =>
  new PriceList([{ id: 'fee', scope: {}, price: { kind: 'unit', unitPrice }, ...known }], []);
const known = {
  validFrom: jst('2023-01-01T00:00:00'),
  recordedAt: 0,
  taxCategory: 'standard',
} satisfies Partial<Tariff>;
const CORRECTED_AT = jst('2026-12-09T00:00:00');
const right = fee(15n);

/** So many checks fewer in the line. */
const less = (lines: readonly StatementLine[], index: number, checks: bigint): readonly StatementLine[] =>
  lines.map((line, at) => {
    if (at !== index) return line;
    const quantity = line.quantity - checks;
    return { ...line, quantity, listAmount: quantity * line.unitPrice!, amountDue: quantity * line.unitPrice! };
  });

let scene: PayerScene;
let statement: SignedDocument;
let first: SignedDocument;
let second: SignedDocument;
beforeAll(async () => {
  scene = new PayerScene(fee(21n));
  await scene.use(segment(1, 35, jst('2026-10-05T12:00:00')));
  statement = scene.close(OCTOBER);
  first = scene.credit(OCTOBER, (lines) => less(lines, 0, 1n));
  second = scene.credit(OCTOBER, (lines) => less(less(lines, 0, 1n), 1, 1n));
});

const published = (knownAt: number): Promise<PublishedPrices> =>
  Promise.resolve(asPublished(knownAt === CORRECTED_AT ? right : scene.prices));
const verify = (creditNotes: readonly SignedDocument[], of = scene, document = statement) =>
  verifyStatement({
    statement: document,
    creditNotes,
    signingKey: of.signingKey,
    ledger: of.ledger,
    verifierKeys: of.verifierKeys,
    publishedPrices: published,
  });
const kindsOf = ({ findings }: StatementVerification): string[] =>
  [...new Set(findings.map(({ kind }) => kind))].sort();

describe('a statement less its credit notes', () => {
  it('is what is owed: the tax of what is left, to the yen', async () => {
    // 28 chargeable checks at 21 yen are 588 yen and 58 of tax; of 26 they are 546 and 54.
    const { findings, statement: summary } = await verify([second, first, second]);
    expect(findings).toEqual([]);
    expect(summary).toMatchObject({
      amountWithTax: 646n,
      owedWithTax: 600n,
      creditNotes: ['R2026-1', 'R2026-2'],
    });
    expect((await verify([])).statement).toMatchObject({ amountWithTax: 646n, owedWithTax: 646n, creditNotes: [] });
  });

  it('is nothing once it was cancelled', async () => {
    const own = new PayerScene(fee(21n));
    await own.use(segment(1, 35, jst('2026-10-05T12:00:00')));
    const document = own.close(OCTOBER);
    const notes = [
      own.credit(OCTOBER, (lines) => less(lines, 0, 1n)),
      own.credit(OCTOBER, () => [], { kind: 'cancellation' }),
    ];
    const { findings, statement: summary } = await verify(notes, own, document);
    expect([findings, summary?.owedWithTax]).toEqual([[], 0n]);
  });

  it.each([0, 10])('follows from the prices that were put right, with %i checks that came late', async (late) => {
    const own = new PayerScene(fee(21n));
    await own.use(segment(1, 35, jst('2026-10-05T12:00:00')));
    const document = own.close(OCTOBER);
    if (late > 0) await own.use(segment(2, late, jst('2026-10-06T12:00:00')));
    if (late > 0) own.close(NOVEMBER);
    const basis = { kind: 'prices', pricesKnownAt: CORRECTED_AT, priceListHash: priceListHash(right, 'pf-a') } as const;
    // Fewer of those at the wrong price, and as many at the right one, late ones too.
    const rerated = (lines: readonly StatementLine[]) =>
      lines.flatMap((line) => {
        const all = line.quantity + (late > 0 ? lateOf(line) : 0n);
        const left = line.quantity - all;
        const wrong = { ...line, quantity: left, listAmount: left * 21n, amountDue: left * 21n };
        return [wrong, { ...line, unitPrice: 15n, quantity: all, listAmount: all * 15n, amountDue: all * 15n }];
      });
    const lateOf = ({ serviceProvider, certificateClass }: StatementLine): bigint =>
      BigInt(
        segment(2, late, 0).events.filter(
          (event) =>
            event.serviceProvider === serviceProvider &&
            event.certificateClass === certificateClass &&
            ['good', 'revoked'].includes(event.outcome),
        ).length,
      );
    const note = own.credit(OCTOBER, rerated, basis);
    expect(kindsOf(await verify([note], own, document))).toEqual([]);
    const other = own.forge(note, (content) => ({
      ...content,
      basis: { ...basis, priceListHash: '0'.repeat(64), pricesKnownAt: CORRECTED_AT },
    }));
    expect(kindsOf(await verify([other], own, document))).toEqual(['price_list_differs']);
    const unfounded = own.forge(note, (content) => ({ ...content, basis: { ...basis, pricesKnownAt: 1 } }));
    expect(kindsOf(await verify([unfounded], own, document))).toEqual(['line_differs', 'price_list_differs']);
  });
});

describe('of a credit note it is found', () => {
  const forged = (change: (content: Record<string, unknown>) => object) => verify([scene.forge(first, change)]);

  it('that nobody with the key of the issuer signed it, or that it is none', async () => {
    const octets = Buffer.from(first.octets);
    octets.write('R2027', octets.indexOf('R2026'));
    expect(kindsOf(await verify([{ ...first, octets }]))).toEqual(['signature_invalid']);
    expect(kindsOf(await verify([statement]))).toEqual(['malformed_document']);
  });

  it('that it is of another statement: what it gives back is not taken off', async () => {
    const found = await forged((content) => ({
      ...content,
      statement: { ...(content['statement'] as object), contentHash: '0'.repeat(64) },
    }));
    expect(kindsOf(found)).toEqual(['other_statement']);
    expect(found.statement).toMatchObject({ owedWithTax: 646n, creditNotes: [] });
  });

  it('that its sum or its tax is wrong', async () => {
    const totals = await forged((content) => ({
      ...content,
      totals: { ...(content['totals'] as object), amountDue: '-20' },
    }));
    expect(kindsOf(totals)).toEqual(['sum_differs']);
    const tax = await forged((content) => ({ ...content, tax: { ...(content['tax'] as object), taxAmount: '-1' } }));
    expect(kindsOf(tax)).toEqual(['tax_differs']);
  });

  it('that it gives back less than its checks cost, or leaves something of what it cancels', async () => {
    const own = new PayerScene(fee(21n));
    await own.use(segment(1, 35, jst('2026-10-05T12:00:00')));
    const document = own.close(OCTOBER);
    const cheap = own.credit(OCTOBER, ([line, ...rest]) => [
      { ...line!, quantity: line!.quantity - 1n, listAmount: line!.listAmount - 1n, amountDue: line!.amountDue - 1n },
      ...rest,
    ]);
    expect(kindsOf(await verify([cheap], own, document))).toEqual(['line_differs']);
    const rest = own.credit(OCTOBER, (lines) => lines.slice(0, 1), { kind: 'cancellation' });
    expect(kindsOf(await verify([cheap, rest], own, document))).toEqual(['line_differs']);
  });
});
