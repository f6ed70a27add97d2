import { beforeAll, describe, expect, it } from 'vitest';
import { jst, PayerScene, segment } from '../testing/ledger-scene.ts';
import { type KeptReceipt, verifyLedger } from './index.ts';
import type { LedgerVerificationInput } from './types.ts';

let scene: PayerScene;
let receipts: KeptReceipt[];
let early: Buffer;
beforeAll(async () => {
  scene = new PayerScene();
  await scene.use(segment(1, 300, jst('2026-10-05T12:00:00')));
  early = scene.checkpoint;
  await scene.use(segment(2, 60, jst('2026-11-01T00:00:00')));
  receipts = await scene.receipts();
});

const verify = (change: Partial<LedgerVerificationInput> = {}, of = scene) =>
  verifyLedger({
    ledger: of.ledger,
    verifierKeys: of.verifierKeys,
    keptCheckpoints: [early],
    receipts: { kept: receipts, complete: true },
    ...change,
  });

describe('a ledger without a statement', () => {
  it('is right, whatever its months', async () => {
    const { findings, leaves, checkpoint } = await verify();
    expect({ findings, leaves, size: checkpoint!.size }).toEqual({ findings: [], leaves: 360, size: 360 });
  });

  it('is found to hold what was never answered, or not to hold what was', async () => {
    expect((await verify({ receipts: { kept: receipts.slice(1), complete: true } })).counts).toEqual({
      leaf_without_receipt: 1,
    });
    const lost = { ...receipts[0]!, eventId: receipts[0]!.eventId.replace('/1/', '/9/') };
    expect((await verify({ receipts: { kept: [lost], complete: false } })).counts).toEqual({ receipt_without_leaf: 1 });
  });

  it('is found to be rewritten', async () => {
    const forged = new PayerScene();
    await forged.use(segment(1, 299, jst('2026-10-05T12:00:00')), segment(2, 61, jst('2026-11-01T00:00:00')));
    expect((await verify({ receipts: { kept: [], complete: false } }, forged)).counts).toEqual({ rewritten: 1 });
  });

  it('takes no receipts of another ledger', async () => {
    const others = receipts.map((receipt) => ({ ...receipt, ledger: 'kakunin/test/pf-b', recordHash: '' }));
    expect((await verify({ receipts: { kept: others, complete: false } })).findings).toEqual([]);
  });

  it('that has no checkpoint is no ledger', async () => {
    const ledger = { read: () => Promise.resolve(undefined) };
    expect(await verify({ ledger })).toMatchObject({ counts: { checkpoint_invalid: 1 }, leaves: 0 });
  });
});
