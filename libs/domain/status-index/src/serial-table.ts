import { CONTROL, fence, growTo } from './shared-memory.ts';
import { StatusIndexError } from './status-index-error.ts';
import {
  afterMove,
  beingMoved,
  groupOf,
  groupsAt,
  homeOf,
  isBeingMoved,
  layoutWord,
  MOST_SLOTS,
  ordinalOf,
  sameTag,
  slotOf,
  slotsAt,
  slotsFor,
  stepOf,
  unmovedOf,
} from './table-layout.ts';

/** What the table is about: serial numbers by ordinal. */
export interface HashedSerials {
  hashOf(ordinal: number): number;
  /** Whether the serial number that is looked for is that of this ordinal. */
  isAt(ordinal: number): boolean;
}

const NOT_THERE = -1;
const AGAIN = -2;

/**
 * Ordinals by the hash of their serial number: open addressing, equally full at any size, in memory that is shared.
 * It grows in place and a little with each few entries, because there is no room for two of it: the groups of a step are
 * moved one by one, the last one first, each to where only groups were that have moved before. Who looks for something
 * meanwhile finds it or looks again, and waits (for some microseconds) only for the group that is being moved.
 */
export class SerialTable {
  readonly #control: Int32Array;
  readonly #buffer: SharedArrayBuffer;
  readonly #serials: HashedSerials;
  #slots: Uint32Array;
  /** Writer only: slots of all groups, and what is taken out of the group that is moved. */
  #room = 0;
  readonly #ordinals = new Uint32Array(MOST_SLOTS);
  readonly #hashes = new Uint32Array(MOST_SLOTS);

  constructor(control: SharedArrayBuffer, buffer: SharedArrayBuffer, serials: HashedSerials) {
    this.#control = new Int32Array(control);
    this.#buffer = buffer;
    this.#serials = serials;
    this.#slots = this.#attach();
  }

  /** The ordinal of the serial number that is looked for; −1: there is none. */
  find(hash: number): number {
    for (;;) {
      const layout = Atomics.load(this.#control, CONTROL.tableLayout);
      const found = this.#search(layout, hash);
      // What was found was compared, and is right whatever was moved meanwhile.
      if (found >= 0) return found;
      fence();
      if (found === NOT_THERE && Atomics.load(this.#control, CONTROL.tableLayout) === layout) return NOT_THERE;
    }
  }

  /** Writer only, as all below: makes room for `count` entries. */
  reserve(count: number): void {
    while (slotsFor(count) > this.#room) this.#grow();
  }

  add(ordinal: number, hash: number): void {
    // A group that is full although there is room elsewhere: never seen, but hashes owe nobody anything.
    while (!this.#enter(this.#stepFor(this.#layout, hash), hash, ordinal)) this.#grow();
  }

  get #layout(): number {
    return Atomics.load(this.#control, CONTROL.tableLayout);
  }

  #stepFor(layout: number, hash: number): number {
    const step = stepOf(layout);
    return groupOf(hash, step) < unmovedOf(layout) ? step : step + 1;
  }

  #search(layout: number, hash: number): number {
    if (layout === 0) return NOT_THERE;
    if (isBeingMoved(layout) && groupOf(hash, stepOf(layout)) === unmovedOf(layout) - 1) return AGAIN;
    const step = this.#stepFor(layout, hash);
    const size = slotsAt(step);
    const start = groupOf(hash, step) * size;
    if (start + size > this.#slots.length) this.#slots = this.#attach();
    let at = homeOf(hash, step);
    for (let left = size; left > 0; left -= 1) {
      const slot = this.#slots[start + at]!;
      if (slot === 0) return NOT_THERE;
      if (sameTag(slot, hash) && this.#serials.isAt(ordinalOf(slot))) return ordinalOf(slot);
      at = at + 1 === size ? 0 : at + 1;
    }
    return NOT_THERE;
  }

  /** @returns false when the group is full */
  #enter(step: number, hash: number, ordinal: number): boolean {
    const size = slotsAt(step);
    const start = groupOf(hash, step) * size;
    let at = homeOf(hash, step);
    for (let left = size; left > 0; left -= 1) {
      if (this.#slots[start + at] === 0) {
        Atomics.store(this.#slots, start + at, slotOf(ordinal, hash));
        return true;
      }
      at = at + 1 === size ? 0 : at + 1;
    }
    return false;
  }

  #grow(): void {
    const layout = this.#layout;
    if (layout === 0) return this.#begin();
    const step = stepOf(layout);
    const group = unmovedOf(layout) - 1;
    const size = slotsAt(step);
    const grown = (slotsAt(step + 1) * groupsAt(step + 1)) / groupsAt(step);
    if (growTo(this.#buffer, (group + 1) * grown * 4)) this.#slots = this.#attach();
    const count = this.#takeOut(group * size, size);
    this.#refuseSkewed(count, step + 1);
    // Read and written at once, so that no slot is changed before everybody is told.
    Atomics.exchange(this.#control, CONTROL.tableLayout, beingMoved(layout));
    this.#slots.fill(0, group * grown, (group + 1) * grown);
    for (let index = 0; index < count; index += 1) {
      this.#enter(step + 1, this.#hashes[index]!, this.#ordinals[index]!);
    }
    Atomics.store(this.#control, CONTROL.tableLayout, afterMove(layout));
    this.#room += grown - size;
  }

  #begin(): void {
    growTo(this.#buffer, slotsAt(0) * 4);
    this.#slots = this.#attach();
    Atomics.store(this.#control, CONTROL.tableLayout, layoutWord(0, groupsAt(0)));
    this.#room = slotsAt(0);
  }

  /** Copies the entries of a group. @returns how many */
  #takeOut(start: number, size: number): number {
    let count = 0;
    for (let at = start; at < start + size; at += 1) {
      const slot = this.#slots[at]!;
      if (slot !== 0) this.#ordinals[count++] = ordinalOf(slot);
    }
    for (let index = 0; index < count; index += 1) this.#hashes[index] = this.#serials.hashOf(this.#ordinals[index]!);
    return count;
  }

  /** The entries of a group that becomes two must fit both. @throws StatusIndexError `capacity_exceeded` */
  #refuseSkewed(count: number, step: number): void {
    if (count <= slotsAt(step)) return;
    let upper = 0;
    for (let index = 0; index < count; index += 1) upper += groupOf(this.#hashes[index]!, step) & 1;
    if (Math.max(upper, count - upper) <= slotsAt(step)) return;
    throw new StatusIndexError(
      'capacity_exceeded',
      'Serial numbers are of a kind that the status index cannot spread.',
    );
  }

  #attach(): Uint32Array {
    return new Uint32Array(this.#buffer, 0, this.#buffer.byteLength >>> 2);
  }
}
