import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReceiptCheck, recordHashOf } from './receipt.ts';

const PRODUCER = '0123456789abcdef'.repeat(2);
const leafOf = (eventId: string): Buffer => Buffer.from(`a leaf of ${eventId}`);
const receiptOf = (eventId: string) => ({ eventId, recordHash: recordHashOf(leafOf(eventId)) });
const eventId = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.nat({ max: 40 }))
  .map(([sequence, index]) => `${PRODUCER}/${sequence}/${index}`);

describe('receipts', () => {
  it('are crossed off once, in whatever order they and their leaves come, and the others are left', () => {
    fc.assert(
      fc.property(fc.array(eventId), fc.array(eventId), (given, met) => {
        const check = new ReceiptCheck();
        for (const each of given) check.add(receiptOf(each));
        const open = new Set(given);
        for (const each of met) {
          expect(check.take(each, leafOf(each))).toBe(open.has(each) ? 'same' : 'none');
          open.delete(each);
        }
        expect([...check.left()].toSorted()).toEqual([...open].toSorted());
      }),
    );
  });

  it('that say something else than the leaf, or contradict one another, differ', () => {
    const check = new ReceiptCheck();
    const [one, two, three, four] = [0, 1, 2, 3].map((index) => `${PRODUCER}/1/${index}`) as [
      string,
      string,
      string,
      string,
    ];
    check.add({ ...receiptOf(one), recordHash: recordHashOf(leafOf(two)) });
    check.add(receiptOf(two));
    check.add({ ...receiptOf(two), recordHash: recordHashOf(leafOf(one)) });
    check.add({ ...receiptOf(three), recordHash: 'no hash' });
    check.add(receiptOf(four));
    check.add(receiptOf(four));
    expect([one, two, three, four].map((each) => check.take(each, leafOf(each)))).toEqual([
      'differs',
      'differs',
      'differs',
      'same',
    ]);
    expect([...check.left()]).toEqual([]);
  });

  it('of events that no journal could have recorded are left, and cost no memory', () => {
    const check = new ReceiptCheck();
    const odd = [`${PRODUCER}/1/999999999`, 'nothing', ''];
    for (const each of odd) check.add(receiptOf(each));
    expect([...check.left()]).toEqual(odd);
    expect(check.take(odd[0]!, leafOf(odd[0]!))).toBe('none');
  });
});
