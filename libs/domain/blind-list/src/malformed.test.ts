import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BlindListError } from './blind-list-error.ts';
import { BlindList } from './blind-list.ts';
import { build, chainOf, issued, times } from './testing/scene.ts';

const full = build(issued(2_000, 0.1));
const delta = build(issued(2_000, 0.11), 2, { base: chainOf(full) });
const BLOCK = 112;

/** Why the octets are refused. */
function refusal(octets: Uint8Array): string {
  try {
    BlindList.parse(octets);
    return 'accepted';
  } catch (error) {
    if (!(error instanceof BlindListError) || error.code !== 'malformed') throw error;
    return error.message.replace('The blind list is malformed: ', '');
  }
}

const altered = (at: number, ...octets: number[]): Uint8Array => {
  const copy = full.slice();
  copy.set(octets, at);
  return copy;
};

test.each([
  ['nothing', new Uint8Array(0), 'it is cut off in its header.'],
  ['something else', Buffer.alloc(200, '<html>'), 'it does not begin with KBL.'],
  ['a later version', altered(3, 2), 'its version is unknown.'],
  ['no blocks', altered(4, 0, 0, 0, 0), 'its number of blocks is out of range.'],
  ['more blocks than may be', altered(4, 0, 16, 0, 1), 'its number of blocks is out of range.'],
  ['more blocks than there are octets', altered(4, 0, 15, 0, 0), 'it is cut off in its table.'],
  ['no number', altered(15, 0), 'numbers begin with 1.'],
  ['a number past 2^53', altered(8, 255), 'an integer is out of range.'],
  ['nextUpdate before thisUpdate', altered(24, 0, 0, 0), 'nextUpdate is not after thisUpdate.'],
  ['what is issued later', altered(32, 0, 1), 'it cannot cover what is issued after thisUpdate.'],
  ['a base without number', altered(96, 1), 'its base has no number.'],
  ['a base that is as new', altered(95, 1), 'a delta has a higher number than its base.'],
  ['too many bits of the filter', altered(BLOCK, 31), 'a block is out of range.'],
  ['too many unknowns', altered(BLOCK + 6, 1), 'a block is out of range.'],
  ['a filter without words', altered(BLOCK + 3, 0, 0, 0), 'a block has half a filter.'],
  ['words without a filter', altered(BLOCK, 0), 'a block has half a filter.'],
  ['a filter for nothing', altered(BLOCK + 6, 0, 0, 0, 0), 'a block has a filter for nothing.'],
  ['one octet less', full.subarray(0, -1), 'its length is not what its table says.'],
  ['one octet more', Buffer.concat([full, Buffer.of(0)]), 'its length is not what its table says.'],
])('refuses %s', (_, octets, why) => {
  expect(refusal(octets)).toBe(why);
});

test('refuses every file that is cut off', () => {
  for (let length = 0; length < full.length; length += 1)
    expect(refusal(full.subarray(0, length))).not.toBe('accepted');
});

test('reads or refuses any octets, and answers from whatever it reads', () => {
  const change = fc.tuple(fc.nat({ max: 140 }), fc.nat({ max: 255 }));
  fc.assert(
    fc.property(fc.constantFrom(full, delta), fc.array(change, { minLength: 1, maxLength: 4 }), (file, changes) => {
      const copy = file.slice();
      for (const [at, octet] of changes) copy[at] = octet;
      if (refusal(copy) === 'accepted') BlindList.parse(copy).marks(new Uint8Array(32));
    }),
    { numRuns: 5_000 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (octets) => refusal(octets) !== 'accepted'));
});

test('what was written is read', () => {
  expect(BlindList.parse(full).header).toMatchObject(times(1));
  expect(BlindList.parse(full).header.base).toBeUndefined();
  const { number, salt } = BlindList.parse(full).header;
  expect(BlindList.parse(delta).header.base).toEqual({ number, salt });
  // In the midst of other octets, as a server may hand them over.
  expect(BlindList.parse(Buffer.concat([Buffer.alloc(3), full]).subarray(3)).header).toMatchObject(times(1));
});
