import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { UsageStore } from '../metering/usage-store.ts';
import { ClosingScene } from '../testing/closing-scene.ts';
import { jst, usageEvent } from '../testing/usage-events.ts';

const CHECK = { time: jst('2026-10-15T12:00:00') };
const PATH = '/statements/2026-10/pf-a/credit-notes';
const again = (knownAt: number) => ({
  reason: { ja: '単価の誤り', en: 'wrong unit price' },
  correction: { kind: 'prices', knownAt },
});

let scene: ClosingScene;
beforeAll(async () => {
  scene = await ClosingScene.open();
  scene.meter.now = jst('2026-11-01T09:00:00');
  await scene.record(Array.from({ length: 10 }, () => usageEvent(CHECK)));
  await scene.closeMonth('2026-10');
  const { items } = await scene.get<{ items: { id: string; recordedAt: number }[] }>('/tariffs');
  await scene.post('/tariffs/fee-pf-a/revisions', {
    scope: { customer: 'pf-a', channel: 'ocsp', certificateClass: 'signature' },
    price: { kind: 'unit', unitPrice: '95' },
    taxCategory: 'standard',
    validFrom: jst('2026-10-01T00:00:00'),
    replaces: items.find(({ id }) => id === 'fee-pf-a')?.recordedAt,
    reason: '単価の誤り',
  });
  scene.meter.now += 3_600_000;
});
afterAll(() => scene.close());
afterEach(() => vi.restoreAllMocks());

it('rests on prices that are settled, not on what may still be recorded', async () => {
  const note = await scene.post(PATH, { ...again(Number.MAX_SAFE_INTEGER), dryRun: true });
  expect(note).toMatchObject({
    basis: { kind: 'prices', pricesKnownAt: scene.meter.now },
    totals: { amountDue: '-100' },
  });
});

it('is asked for by more at once than there are connections', async () => {
  const body = { ...again(scene.meter.now), dryRun: true };
  const answers = await Promise.all(Array.from({ length: 30 }, () => scene.meter.post(PATH, 'finance', body)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
});

it('gives nothing back for usage that is counted meanwhile and not billed yet', async () => {
  const sums = UsageStore.prototype.sumsWithin;
  vi.spyOn(UsageStore.prototype, 'sumsWithin').mockImplementationOnce(async function (this: UsageStore, client, input) {
    const found = await sums.call(this, client, input);
    await scene.record([usageEvent(CHECK)]);
    return found;
  });
  const answer = await scene.meter.post(PATH, 'finance', again(scene.meter.now));
  expect([answer.status, JSON.parse(answer.body)]).toMatchObject([
    200,
    { totals: { quantity: '0', amountDue: '-100' } },
  ]);
});
