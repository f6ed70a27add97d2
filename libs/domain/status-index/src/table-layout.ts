/*
 * Where the entries of a {@link SerialTable} lie. The table grows in steps. After step 4k + i it has 2^k groups of
 * 1024 + 256 i slots; four steps double a group, and then it counts as two groups of 1024. The top k bits of a hash choose
 * the group, those behind them the slot where a search in the group begins.
 */
const STEPS = 4;
const STEP_SLOTS = 256;
/** More than the slots of any group. */
export const MOST_SLOTS = 2 * STEPS * STEP_SLOTS;

const bitsAt = (step: number): number => step >>> 2;

export const groupsAt = (step: number): number => 1 << bitsAt(step);
export const slotsAt = (step: number): number => (STEPS + (step & (STEPS - 1))) * STEP_SLOTS;

export function groupOf(hash: number, step: number): number {
  const bits = bitsAt(step);
  return bits === 0 ? 0 : hash >>> (32 - bits);
}

export const homeOf = (hash: number, step: number): number => (((hash << bitsAt(step)) >>> 16) * slotsAt(step)) >>> 16;

/** A slot: four bits of the hash above ordinal + 1; 0: empty. */
const ORDINAL_BITS = 28;
/** As many as slots can tell apart. */
export const MOST_SERIALS = 2 ** ORDINAL_BITS - 1;

export const slotOf = (ordinal: number, hash: number): number => ((hash << ORDINAL_BITS) | (ordinal + 1)) >>> 0;
export const ordinalOf = (slot: number): number => (slot & MOST_SERIALS) - 1;
export const sameTag = (slot: number, hash: number): boolean => (slot ^ (hash << ORDINAL_BITS)) >>> ORDINAL_BITS === 0;

/*
 * One word tells the layout to everybody: which step was done last, how many groups have not taken the next one, and whether
 * the last of these is being moved just now. 0: there is no table yet.
 */
const STEP_SHIFT = 20;
const BEING_MOVED = 1 << 31;

export const layoutWord = (step: number, unmoved: number): number => (step << STEP_SHIFT) | unmoved;
export const stepOf = (layout: number): number => (layout & ~BEING_MOVED) >>> STEP_SHIFT;
export const unmovedOf = (layout: number): number => layout & (2 ** STEP_SHIFT - 1);
export const beingMoved = (layout: number): number => layout | BEING_MOVED;
export const isBeingMoved = (layout: number): boolean => layout < 0;
export const afterMove = (layout: number): number => {
  const step = stepOf(layout);
  const unmoved = unmovedOf(layout) - 1;
  return unmoved > 0 ? layoutWord(step, unmoved) : layoutWord(step + 1, groupsAt(step + 1));
};

/** How full the table is kept. More steps, and fuller: less memory; fewer, and emptier: less to move, and shorter searches. */
const LOAD = 0.72;
export const slotsFor = (entries: number): number => Math.ceil(entries / LOAD);

/** Octets of a table of so many entries, with the step that is under way. */
export const mostTableOctets = (entries: number): number => (slotsFor(entries) * 1.25 + 2 * MOST_SLOTS) * 4;
