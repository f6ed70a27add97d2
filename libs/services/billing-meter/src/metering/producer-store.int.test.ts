import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MeteringScene, NOW, P, Q, segment } from '../testing/metering-scene.ts';

let scene: MeteringScene;
beforeAll(async () => void (scene = await MeteringScene.start()));
afterAll(() => scene.end());
beforeEach(() => scene.empty());

/** Sealed so many seconds before now. */
const sealed = (producer: string, sequence: number, ago: number) => segment(producer, sequence, [], NOW - ago * 1_000);
const completeUntil = async (): Promise<Record<string, number | undefined>> =>
  Object.fromEntries(
    (await scene.producers.progress()).map((progress) => [
      progress.producer,
      progress.completeUntil && (NOW - progress.completeUntil) / 1_000,
    ]),
  );
const missing = async (): Promise<Record<string, bigint>> =>
  Object.fromEntries(
    (await scene.producers.progress()).map(({ producer, missingSegments }) => [producer, missingSegments]),
  );
const retire = (producer: string, more: { at?: number; givenUp?: bigint } = {}) =>
  scene.database.transaction((client) => scene.producers.retire(client, { producer, at: NOW, ...more }));

describe('a journal', () => {
  it('is complete until its last segment before the first gap was sealed, whatever the order', async () => {
    await scene.count(sealed(P, 2, 20), sealed(P, 5, 5), sealed(Q, 1, 1));
    expect(await completeUntil()).toEqual({ [P]: undefined, [Q]: 1 });
    expect(await missing()).toEqual({ [P]: 3n, [Q]: 0n });
    await scene.count(sealed(P, 1, 30));
    expect(await completeUntil()).toEqual({ [P]: 20, [Q]: 1 });
    await scene.count(sealed(P, 4, 10));
    expect(await completeUntil()).toEqual({ [P]: 20, [Q]: 1 });
    await scene.count(sealed(P, 3, 15));
    expect(await completeUntil()).toEqual({ [P]: 5, [Q]: 1 });
    expect(await missing()).toEqual({ [P]: 0n, [Q]: 0n });
  });

  it('that says nothing of when it sealed is not complete', async () => {
    const { sealedAt: _, ...first } = segment(P, 1);
    await scene.count(first);
    expect(await completeUntil()).toEqual({ [P]: undefined });
    await scene.count(sealed(P, 2, 3));
    expect(await completeUntil()).toEqual({ [P]: 3 });
  });

  it('never becomes less complete, though its clock was set back', async () => {
    await scene.count(sealed(P, 1, 10));
    await scene.count(sealed(P, 2, 3_600));
    expect(await completeUntil()).toEqual({ [P]: 10 });
  });

  it('counts for no month when it is one of reported usage', async () => {
    await scene.count({ ...sealed(P, 1, 0), kind: 'events' });
    expect(await scene.producers.progress()).toEqual([]);
    expect(await scene.producers.list()).toMatchObject([{ producer: P, kind: 'events', segments: 1n }]);
  });
});

describe('retiring a journal', () => {
  it('ends the waiting for it', async () => {
    await scene.count(sealed(P, 1, 10));
    await retire(P);
    expect(await scene.producers.progress()).toEqual([]);
    expect(await scene.producers.list()).toMatchObject([{ producer: P, retiredAt: NOW }]);
  });

  it('is refused while segments are missing, unless exactly those are given up', async () => {
    await scene.count(sealed(P, 1, 10), sealed(P, 4, 5));
    for (const givenUp of [0n, 1n, 3n]) {
      await expect(retire(P, { givenUp })).rejects.toMatchObject({ code: 'segments_missing' });
    }
    await retire(P, { givenUp: 2n });
    expect(await scene.producers.list()).toMatchObject([{ producer: P, missingSegments: 0n, retiredAt: NOW }]);
    await scene.count(sealed(P, 3, 7));
    expect(await scene.producers.list()).toMatchObject([
      { producer: P, missingSegments: 0n, segments: 3n, retiredAt: NOW },
    ]);
  });

  it('does not hold when it goes on recording', async () => {
    await scene.count(sealed(P, 1, 30));
    await retire(P, { at: NOW - 20_000 });
    await scene.count(sealed(P, 2, 25));
    expect(await scene.producers.progress()).toEqual([]);
    await scene.count(sealed(P, 3, 10));
    expect(await completeUntil()).toEqual({ [P]: 10 });
  });

  it('gives up those segments alone: what goes missing later is missing', async () => {
    await scene.count(sealed(P, 1, 30), sealed(P, 3, 25));
    await retire(P, { at: NOW - 20_000, givenUp: 1n });
    await scene.count(sealed(P, 4, 10));
    expect(await completeUntil()).toEqual({ [P]: 10 });
    await scene.count(sealed(P, 6, 5));
    expect(await missing()).toEqual({ [P]: 1n });
    // The one that was given up turns up: it does not stand for the one that is missing.
    await scene.count(sealed(P, 2, 28));
    expect(await missing()).toEqual({ [P]: 1n });
    await scene.count(sealed(P, 5, 7));
    expect(await missing()).toEqual({ [P]: 0n });
    expect(await completeUntil()).toEqual({ [P]: 5 });
  });

  it('does not hide a gap that shows afterwards', async () => {
    await scene.count(sealed(P, 1, 30));
    await retire(P, { at: NOW - 20_000 });
    await scene.count(sealed(P, 3, 25));
    expect(await missing()).toEqual({ [P]: 1n });
    await retire(P, { givenUp: 1n });
    expect(await missing()).toEqual({});
  });

  it('is refused for a name that nobody has', async () => {
    await expect(retire(Q)).rejects.toMatchObject({ code: 'unknown_producer' });
  });
});
