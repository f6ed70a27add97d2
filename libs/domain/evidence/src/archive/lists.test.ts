import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntryList } from './entry-list.ts';
import { applyChanges, changesBetween, mergeChanges } from './merge-lists.ts';

/** An entry with a serial number of some length, and something behind it. */
const entry = (serial: number, rest: number): Buffer => {
  const digits = Buffer.from(serial.toString(16).padStart(serial > 0xff ? 6 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.of(0x30, digits.length + 4, 0x02, digits.length), digits, Buffer.of(0x05, rest)]);
};

type State = ReadonlyMap<number, number>;
const states = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 0x7f0 }), fc.integer({ min: 0, max: 2 })), {
  selector: ([serial]) => serial,
});
const series = fc
  .array(states, { minLength: 2, maxLength: 6 })
  .map((all) => all.map((each): State => new Map(each.filter(([serial]) => serial <= 0x7f || serial > 0xff))));

const entriesOf = (state: State): Buffer =>
  Buffer.concat([...state].sort(([one], [other]) => one - other).map(([serial, rest]) => entry(serial, rest)));

/** The octets in pieces of this size, so that elements lie across them. */
const list = (octets: Buffer, size = 7): EntryList =>
  EntryList.over(
    (async function* () {
      for (let at = 0; at < octets.length; at += size) yield octets.subarray(at, at + size);
    })(),
  );

async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(Uint8Array.from(chunk));
  return Buffer.concat(all);
}

const changesOf = (previous: State, next: State): Promise<Buffer> =>
  gather(changesBetween(list(entriesOf(previous)), list(entriesOf(next))));

describe('lists of changes', () => {
  it('make the entries of one CRL those of the next', async () => {
    await fc.assert(
      fc.asyncProperty(series, async ([before = new Map(), after = new Map()]) => {
        const changes = await changesOf(before, after);
        expect(await gather(applyChanges(list(entriesOf(before)), [list(changes)]))).toEqual(entriesOf(after));
      }),
    );
  });

  it('of several steps, applied together or merged first, come to the same', async () => {
    await fc.assert(
      fc.asyncProperty(series, fc.integer({ min: 2, max: 200 }), async (all, size) => {
        const [first = new Map(), ...later] = all;
        const steps: Buffer[] = [];
        for (const [index, state] of later.entries()) steps.unshift(await changesOf(all[index]!, state));
        const last = entriesOf(all.at(-1)!);
        const lists = () => steps.map((step) => list(step, size));
        expect(await gather(applyChanges(list(entriesOf(first), size), lists()))).toEqual(last);
        const merged = await gather(mergeChanges(lists()));
        expect(await gather(applyChanges(list(entriesOf(first)), [list(merged)]))).toEqual(last);
      }),
    );
  });

  it('say nothing of what stays the same', async () => {
    const state = new Map([
      [1, 1],
      [0x300, 2],
    ]);
    expect(await changesOf(state, state)).toHaveLength(0);
  });

  it.each([
    ['cut short within an element', '300502010105'],
    ['cut short within a header', '30'],
    ['of another type', '04020101'],
    ['longer than any of ours', `3081ff${'00'.repeat(255)}`],
    ['with a serial number longer than itself', '300402090101'],
  ])('are damaged when %s', async (_, hex) => {
    const damaged = mergeChanges([list(Buffer.from(hex, 'hex'))]);
    await expect(gather(damaged)).rejects.toThrow(expect.objectContaining({ code: 'malformed_record' }));
  });
});
