import { createCipheriv, createHash } from 'node:crypto';
import { sealSerial, StatusIndex } from '@kakunin/status-index';
import { beforeAll, describe, expect, it } from 'vitest';
import { allotBlock, NEW_ALLOTMENT, rotateSealingKey } from './allotment.ts';
import { sealBlock } from './seal-block.ts';

const keyOf = (version: number): Uint8Array => createHash('sha256').update(`sealing key ${version}`).digest();
const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

/** The same octets every time, and without a pattern: AES in counter mode. */
const stream = (seed: string, octets: number): Buffer =>
  createCipheriv('aes-256-ctr', createHash('sha256').update(seed).digest(), Buffer.alloc(16)).update(
    Buffer.alloc(octets),
  );

const first = allotBlock(NEW_ALLOTMENT, { requestId: 'first', count: 20_000 });
const second = allotBlock(rotateSealingKey(first.allotment), { requestId: 'second', count: 10_000 });
const firstSerials = sealBlock(first.block, keyOf(1)).serials;
const secondSerials = sealBlock(second.block, keyOf(2)).serials;
const serials = [...firstSerials, ...secondSerials];

describe('sealBlock', () => {
  let statuses: StatusIndex;
  beforeAll(() => {
    statuses = StatusIndex.create(
      { kind: 'sealed' },
      { sealingKeys: new Map([1, 2].map((each) => [each, keyOf(each)])) },
    );
    for (const serial of serials) {
      statuses.put(serial, { carrier: 'card', notAfter: 4_000_000_000_000, status: { status: 'good' } });
    }
  });

  it('gives serial numbers of at most 20 octets, positive, each once, that responder and publisher know', () => {
    expect(new Set(serials.map(hex)).size).toBe(30_000);
    expect(serials.every((each) => each.length <= 20 && each[0]! >= 1 && each[0]! < 0x80)).toBe(true);
    expect(serials.every((each) => statuses.lookup(each).state === 'good')).toBe(true);
  });

  it('gives what sealSerial gives, the same again for a block', () => {
    const { firstOrdinal, count, keyVersion } = second.block;
    const each = Array.from({ length: count }, (_, index) =>
      hex(sealSerial(keyOf(2), keyVersion, firstOrdinal + index)),
    );
    expect(secondSerials.map(hex)).toEqual(each.sort());
    expect(sealBlock(second.block, keyOf(2)).serials.map(hex)).toEqual(each);
    expect(sealBlock(second.block, keyOf(2)).reserved).toEqual([]);
  });

  it('keeps what is reserved apart, and refuses to guess when something else is reserved now', () => {
    const isReserved = (ordinal: number): boolean => ordinal % 7 === 3;
    const { block } = allotBlock(NEW_ALLOTMENT, { requestId: 'honey', count: 100 }, { isReserved });
    const { serials: persons, reserved } = sealBlock(block, keyOf(1), isReserved);
    expect(persons).toHaveLength(100);
    const honey = [3, 10, 17].map((ordinal) => hex(sealSerial(keyOf(1), 1, ordinal)));
    expect(reserved.map(hex)).toEqual(expect.arrayContaining(honey));
    expect(persons.map(hex).filter((each) => honey.includes(each))).toEqual([]);
    expect(() => sealBlock(block, keyOf(1))).toThrow(expect.objectContaining({ code: 'reservation_differs' }));
  });

  it('a million random and neighbouring serial numbers were never issued', () => {
    let wrong = 0;
    const ask = (serial: Uint8Array): void => {
      if (statuses.lookup(serial).state !== 'not_issued') wrong += 1;
    };
    const guesses = stream('guesses', 700_000 * 16);
    const guess = new Uint8Array(17);
    for (let at = 0; at < guesses.length; at += 16) {
      guess[0] = 1 + (guesses[at]! & 1);
      guess.set(guesses.subarray(at, at + 16), 1);
      ask(guess);
    }
    for (const serial of serials) {
      guess.set(serial);
      for (let apart = 1; apart <= 10; apart += 1) {
        guess[16] = serial[16]! ^ apart;
        ask(guess);
      }
    }
    expect(wrong).toBe(0);
  });
});

describe('a sample of serial numbers', () => {
  it('has octets as random ones have: chi-squared of each of the 16', () => {
    // 255 degrees of freedom: above 347.7 or below 180 by chance once in ten thousand.
    for (let octet = 1; octet <= 16; octet += 1) {
      const counts = Array.from({ length: 256 }, () => 0);
      for (const serial of serials) counts[serial[octet]!]! += 1;
      const expected = serials.length / 256;
      const chiSquared = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      expect(chiSquared).toBeLessThan(347.7);
      expect(chiSquared).toBeGreaterThan(180);
    }
  });

  it('does not tell the order: rank correlation with the ordinals, of the values and of where they stand in a block', () => {
    const order = new Map(firstSerials.map((each, rank) => [hex(each), rank]));
    const count = first.block.count;
    let sum = 0;
    for (let ordinal = 0; ordinal < count; ordinal += 1) {
      sum += (order.get(hex(sealSerial(keyOf(1), 1, ordinal)))! - ordinal) ** 2;
    }
    const spearman = 1 - (6 * sum) / (count * (count ** 2 - 1));
    // By chance its standard deviation is 1 / √(n − 1): four of them.
    expect(Math.abs(spearman)).toBeLessThan(4 / Math.sqrt(count - 1));
  });

  it('does not tell how many there are: samples of few and of many spread alike', () => {
    const sampleOf = (issued: number): number[] => {
      const draws = stream(`sample of ${issued}`, 8_000);
      return Array.from({ length: 2_000 }, (_, index) => {
        const firstOrdinal = draws.readUInt32BE(4 * index) % issued;
        return Buffer.from(sealSerial(keyOf(1), 1, firstOrdinal)).readUIntBE(1, 6) / 2 ** 48;
      }).sort((one, other) => one - other);
    };
    const [few, many] = [sampleOf(50_000), sampleOf(200_000_000)];
    // Kolmogorov and Smirnov, two samples of n: 1.95 √(2 / n) is exceeded by chance once in a thousand.
    expect(largestGap(few!, many!)).toBeLessThan(1.95 * Math.sqrt(2 / 2_000));
    // The estimate that counted the tanks by their numbers: m (1 + 1/k) − 1, of the largest of k. It says "all of them".
    for (const sample of [few!, many!]) expect(sample.at(-1)! * (1 + 1 / sample.length)).toBeCloseTo(1, 2);
  });

  it('would tell both, were they counted: the tests above can fail', () => {
    const counted = Array.from({ length: 2_000 }, (_, index) => index / 2 ** 28);
    const spread = Array.from({ length: 2_000 }, (_, index) => index / 2_000);
    expect(largestGap(counted, spread)).toBeGreaterThan(0.9);
  });
});

/** The largest distance between two empirical distributions, each given sorted. */
function largestGap(one: readonly number[], other: readonly number[]): number {
  let [gap, passed] = [0, 0];
  for (const [index, value] of one.entries()) {
    while (passed < other.length && other[passed]! <= value) passed += 1;
    gap = Math.max(gap, Math.abs((index + 1) / one.length - passed / other.length));
  }
  return gap;
}
