import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allotBlock,
  type Allotment,
  KEY_RANGE,
  NEW_ALLOTMENT,
  ORDINAL_CAPACITY,
  rotateSealingKey,
  type SerialBlock,
} from './allotment.ts';

const refused = (code: string) => expect.objectContaining({ code });

describe('allotBlock', () => {
  it('gives no ordinal twice, none of one range under two keys, and the same block to the same request', () => {
    const step = fc.oneof(
      fc.constant('rotate' as const),
      fc.record({ requestId: fc.nat(30).map((id) => `r-${id}`), count: fc.integer({ min: 1, max: 9_000 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let allotment: Allotment = NEW_ALLOTMENT;
        const blocks = new Map<string, SerialBlock>();
        const versions = new Map<number, number>();
        let end = 0;
        for (const request of steps) {
          if (request === 'rotate') allotment = rotateSealingKey(allotment);
          else if (blocks.has(request.requestId)) {
            const earlier = blocks.get(request.requestId)!;
            const again = allotBlock(allotment, { ...request, count: earlier.count }, { earlier });
            expect(again).toEqual({ block: earlier, allotment });
          } else {
            const { block, allotment: after } = allotBlock(allotment, request);
            expect(block.firstOrdinal).toBeGreaterThanOrEqual(end);
            end = block.endOrdinal;
            expect(end - block.firstOrdinal).toBe(block.count);
            for (let range = Math.floor(block.firstOrdinal / KEY_RANGE); range * KEY_RANGE < end; range += 1) {
              expect(versions.get(range) ?? block.keyVersion).toBe(block.keyVersion);
              versions.set(range, block.keyVersion);
            }
            blocks.set(block.requestId, block);
            allotment = after;
          }
        }
      }),
    );
  });

  it.each([
    { requestId: '', count: 1 },
    { requestId: 'a b', count: 1 },
    { requestId: 'a', count: 0 },
    { requestId: 'a', count: 1.5 },
    { requestId: 'a', count: 65_537 },
    { requestId: 'a', count: Number.NaN },
  ])('refuses %j', (request) => {
    expect(() => allotBlock(NEW_ALLOTMENT, request)).toThrow(refused('invalid_request'));
  });

  it('refuses a request id that was used otherwise, and what there is no room for', () => {
    const { block } = allotBlock(NEW_ALLOTMENT, { requestId: 'a', count: 5 });
    expect(() => allotBlock(NEW_ALLOTMENT, { requestId: 'a', count: 6 }, { earlier: block })).toThrow(
      refused('request_differs'),
    );
    const full = { nextOrdinal: ORDINAL_CAPACITY - 5, keyVersion: 1 };
    expect(allotBlock(full, { requestId: 'a', count: 5 }).allotment.nextOrdinal).toBe(ORDINAL_CAPACITY);
    expect(() => allotBlock(full, { requestId: 'a', count: 6 })).toThrow(refused('capacity_exceeded'));
  });
});

it('steps over what is reserved, and gives as many as were asked for', () => {
  const reserved = fc.uniqueArray(fc.nat(60), { maxLength: 30 });
  fc.assert(
    fc.property(reserved, fc.integer({ min: 1, max: 40 }), (ordinals, count) => {
      const isReserved = (ordinal: number): boolean => ordinals.includes(ordinal);
      const { block, allotment } = allotBlock(NEW_ALLOTMENT, { requestId: 'a', count }, { isReserved });
      const given = Array.from({ length: block.endOrdinal }, (_, ordinal) => ordinal).filter(
        (each) => !isReserved(each),
      );
      expect(given).toHaveLength(count);
      expect(isReserved(block.endOrdinal - 1)).toBe(false);
      expect(allotment.nextOrdinal).toBe(block.endOrdinal);
    }),
  );
  const all = { isReserved: () => true };
  const nearlyFull = { nextOrdinal: ORDINAL_CAPACITY - 3, keyVersion: 1 };
  expect(() => allotBlock(nearlyFull, { requestId: 'a', count: 1 }, all)).toThrow(refused('capacity_exceeded'));
});

it('an authority has 127 keys', () => {
  let allotment: Allotment = NEW_ALLOTMENT;
  for (let version = 2; version <= 127; version += 1) allotment = rotateSealingKey(allotment);
  expect(allotment).toEqual({ nextOrdinal: 0, keyVersion: 127 });
  expect(() => rotateSealingKey(allotment)).toThrow(refused('key_versions_exhausted'));
});
