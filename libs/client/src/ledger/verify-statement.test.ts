import { PriceList, PUBLISHED_TARIFFS, PUBLISHED_WAIVERS, type Tariff } from '@kakunin/billing';
import type { BillingPeriod } from '@kakunin/calendar';
import { beforeAll, describe, expect, it } from 'vitest';
import { asPublished, jst, PayerScene, PRODUCER, segment } from '../testing/ledger-scene.ts';
import { type KeptReceipt, type SignedDocument, verifyStatement } from './index.ts';
import type { StatementVerificationInput } from './types.ts';

const OCTOBER = '2026-10' as BillingPeriod;
const NOVEMBER = '2026-11' as BillingPeriod;

let scene: PayerScene;
let statement: SignedDocument;
let receipts: KeptReceipt[];
let early: Buffer;
beforeAll(async () => {
  scene = new PayerScene();
  await scene.use(segment(1, 300, jst('2026-10-05T12:00:00')));
  early = scene.checkpoint;
  await scene.use(segment(2, 400, jst('2026-10-31T23:59:59')), segment(3, 60, jst('2026-11-01T00:00:00')));
  statement = scene.close(OCTOBER);
  receipts = await scene.receipts();
});

const verify = (change: Partial<StatementVerificationInput> = {}, of = scene) =>
  verifyStatement({
    statement,
    signingKey: of.signingKey,
    ledger: of.ledger,
    verifierKeys: of.verifierKeys,
    keptCheckpoints: [early],
    receipts: { kept: receipts, complete: true },
    publishedPrices: of.published,
    ...change,
  });
const kindsOf = async (change: Partial<StatementVerificationInput>, of = scene): Promise<string[]> =>
  [...new Set((await verify(change, of)).findings.map(({ kind }) => kind))].toSorted();

describe('an honest statement', () => {
  it('has no findings, and gives back what to keep', async () => {
    const { findings, counts, leaves, checkpoint, statement: summary } = await verify();
    expect({ findings, counts, leaves }).toEqual({ findings: [], counts: {}, leaves: 760 });
    expect(checkpoint).toEqual({ size: 760, octets: scene.checkpoint });
    expect(summary).toMatchObject({ customer: 'pf-a', period: '2026-10', number: '2026-1' });
  });

  it('of the next month bills what came late, and the month that was in the tree already', async () => {
    const own = new PayerScene();
    await own.use(segment(1, 40, jst('2026-10-05T12:00:00')), segment(2, 30, jst('2026-11-02T12:00:00')));
    const october = own.close(OCTOBER);
    await own.use(segment(3, 20, jst('2026-10-09T12:00:00')), segment(4, 10, jst('2026-11-09T12:00:00')));
    const november = own.close(NOVEMBER);
    const kept = { kept: await own.receipts(), complete: true };
    const change = { statement: november, keptCheckpoints: [], receipts: kept };
    expect(await kindsOf({ ...change, earlierStatements: [october] }, own)).toEqual([]);
    expect(await kindsOf(change, own)).toEqual(['line_differs', 'total_differs']);
  });

  it('with prices of every kind is rated as the meter rates it', async () => {
    const tiers = [{ upTo: 50n, unitPrice: 20n }, { unitPrice: 7n }];
    const known = { validFrom: jst('2023-01-01T00:00:00'), recordedAt: 0, taxCategory: 'standard' as const };
    const tariffs: Tariff[] = [
      { id: 'pool', scope: {}, price: { kind: 'graduated', tiers, pooled: true }, ...known },
      {
        id: 'first',
        scope: { certificateClass: 'signature' },
        price: { kind: 'first_check', per: 'month', unitPrice: 30n },
        ...known,
      },
    ];
    const minimum = { id: 'least', kind: 'minimum', amount: 90_000n, scope: {}, ...known } as const;
    const waiver = { ...PUBLISHED_WAIVERS[0]!, scope: { serviceProvider: 'sp-1' } };
    const own = new PayerScene(new PriceList(tariffs, [waiver], [minimum]));
    await own.use(segment(1, 300, jst('2026-10-05T12:00:00')), segment(2, 200, jst('2026-10-06T12:00:00')));
    const change = { statement: own.close(OCTOBER), keptCheckpoints: [], receipts: { kept: [], complete: false } };
    const { findings, statement: summary } = await verify(change, own);
    expect(findings).toEqual([]);
    expect(summary!.amountWithTax).toBe(99_000n);
  });
});

describe('a customer that never used anything', () => {
  it('may owe a minimum, without a ledger', async () => {
    const known = { validFrom: jst('2023-01-01T00:00:00'), recordedAt: 0, taxCategory: 'standard' as const };
    const own = new PayerScene(
      new PriceList([], [], [{ id: 'least', kind: 'minimum', amount: 5_000n, scope: { customer: 'pf-a' }, ...known }]),
    );
    const receiptless = { keptCheckpoints: [], receipts: { kept: [], complete: true } };
    const {
      findings,
      checkpoint,
      statement: summary,
    } = await verify({ statement: own.close(OCTOBER), ...receiptless }, own);
    expect({ findings, checkpoint }).toEqual({ findings: [], checkpoint: undefined });
    expect(summary!.amountWithTax).toBe(5_500n);
    // Whose statement names a tree must show it.
    expect(await kindsOf({ ledger: own.ledger })).toEqual(['checkpoint_invalid']);
  });
});

describe('it is found', () => {
  it('that a charge was never made: no receipt was given for it', async () => {
    const at = receipts.findIndex(({ eventId }) => eventId === `${PRODUCER}/2/7`);
    const { findings } = await verify({ receipts: { kept: receipts.toSpliced(at, 1), complete: true } });
    expect(findings).toMatchObject([
      {
        kind: 'leaf_without_receipt',
        en: expect.stringContaining(`${PRODUCER}/2/7`),
        ja: expect.stringContaining('受領票のない'),
      },
    ]);
  });

  it('that a charge was never made: the statement bills more checks than the ledger holds', async () => {
    const own = new PayerScene();
    await own.use(segment(1, 30, jst('2026-10-05T12:00:00')));
    const padded = own.close(OCTOBER, ([line, ...rest]) => [
      { ...line!, quantity: line!.quantity + 1n, listAmount: line!.listAmount + 20n, amountDue: line!.amountDue + 20n },
      ...rest,
    ]);
    const change = { statement: padded, keptCheckpoints: [], receipts: { kept: [], complete: false } };
    expect(await kindsOf(change, own)).toEqual(['line_differs', 'total_differs']);
  });

  it('that an answer was given and is missing', async () => {
    const lost = { ...receipts[0]!, eventId: `${'e'.repeat(32)}/1/0` };
    expect(await kindsOf({ receipts: { kept: [...receipts, lost], complete: true } })).toEqual([
      'receipt_without_leaf',
    ]);
  });

  it('that a leaf was changed', async () => {
    const bundle = Buffer.from(scene.files.get('tile/entries/001')!);
    bundle.write('"outcome":"good"'.replace('good', 'goof'), bundle.indexOf('"outcome":"good"'));
    const ledger = {
      read: (path: string) => (path === 'tile/entries/001' ? Promise.resolve(bundle) : scene.ledger.read(path)),
    };
    const kinds = await kindsOf({ ledger });
    expect(kinds).toContain('unreadable');
  });

  it('that the tree was made anew with a changed leaf, by checkpoint and receipt', async () => {
    const forged = new PayerScene();
    const first = segment(1, 300, jst('2026-10-05T12:00:00'));
    const events = first.events.with(7, { ...first.events[7]!, authorityId: 'sign-2' });
    await forged.use(
      { ...first, events },
      segment(2, 400, jst('2026-10-31T23:59:59')),
      segment(3, 60, jst('2026-11-01T00:00:00')),
    );
    expect(await kindsOf({ statement: forged.close(OCTOBER) }, forged)).toEqual(['receipt_differs', 'rewritten']);
  });

  it('that the statement was closed with another tree than the one that is shown', async () => {
    const forged = scene.forge(statement, (content) => ({
      ...content,
      ledger: { ...(content['ledger'] as object), root: Buffer.alloc(32).toString('base64') },
    }));
    expect(await kindsOf({ statement: forged })).toEqual(['statement_tree_differs']);
  });

  it('that other prices were used than were published', async () => {
    const dearer = PUBLISHED_TARIFFS.map((tariff) => ({ ...tariff, price: { kind: 'unit' as const, unitPrice: 19n } }));
    const publishedPrices = () => Promise.resolve(asPublished(new PriceList(dearer, [])));
    expect(await kindsOf({ publishedPrices })).toEqual(['line_differs', 'price_list_differs']);
  });

  it('that a waiver that was published was not given', async () => {
    const publishedPrices = () => Promise.resolve(asPublished(new PriceList(PUBLISHED_TARIFFS, PUBLISHED_WAIVERS)));
    expect(await kindsOf({ publishedPrices })).toEqual(['line_differs', 'price_list_differs']);
  });

  it('that usage has no published price', async () => {
    const publishedPrices = () => Promise.resolve(asPublished(new PriceList([], [])));
    expect(await kindsOf({ publishedPrices })).toEqual(['not_rated', 'price_list_differs']);
  });

  it('that a sum or the tax is wrong', async () => {
    const sum = scene.forge(statement, (content) => ({
      ...content,
      totals: { ...(content['totals'] as object), amountDue: '1' },
    }));
    expect(await kindsOf({ statement: sum })).toEqual(['sum_differs']);
    const tax = scene.forge(statement, (content) => ({
      ...content,
      tax: { ...(content['tax'] as object), taxAmount: '1' },
    }));
    expect(await kindsOf({ statement: tax })).toEqual(['tax_differs']);
  });

  it('that it is not what the issuer signed', async () => {
    const octets = Buffer.from(statement.octets);
    octets.write('2026-9', octets.indexOf('2026-1'));
    expect(await kindsOf({ statement: { ...statement, octets } })).toContain('signature_invalid');
    expect(await kindsOf({ statement: { octets: Buffer.from('{}'), signature: statement.signature } })).toEqual([
      'malformed_document',
      'signature_invalid',
    ]);
  });

  it('that the checkpoint is not signed with the ledger’s keys, or is another ledger’s', async () => {
    const stranger = Buffer.from(scene.checkpoint);
    stranger.write('761', stranger.indexOf('760'));
    const ledger = {
      read: (path: string) => (path === 'checkpoint' ? Promise.resolve(stranger) : scene.ledger.read(path)),
    };
    expect(await kindsOf({ ledger })).toEqual(['checkpoint_invalid']);
    expect(await kindsOf({ keptCheckpoints: [stranger] })).toEqual(['checkpoint_invalid']);
    const other = scene.forge(statement, (content) => ({
      ...content,
      ledger: { ...(content['ledger'] as object), origin: 'kakunin/test/pf-b' },
    }));
    expect(await kindsOf({ statement: other })).toEqual(['other_ledger']);
  });
});

it('asks for the keys of one ledger', async () => {
  await expect(verify({ verifierKeys: [] })).rejects.toThrow('of one ledger');
});
