import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/**
 * What a call was about, told to the detector after the look-up:
 * - `known`: a certificate whose holder was named: its ordinal at its authority, and how many that one issued
 * - `refused`: nobody was named. Why is not told apart, as the caller must not: it would see by the verdict what exists
 * - `honey`: one that nobody holds (see {@link HoneyOrdinals})
 */
export type ProbedOutcome =
  | { readonly kind: 'known'; readonly authorityId: string; readonly ordinal: number; readonly issued: number }
  | { readonly kind: 'refused' }
  | { readonly kind: 'honey' };

/** `slow_down`: answer, later, and alert; `block`: refuse for a time ({@link nextBlock}), and alert. */
export type ProbingVerdict = 'normal' | 'slow_down' | 'block';

/** How many of the last calls are weighed: older ones fade, a call 128 calls ago weighs a third of the newest. */
const MEMORY = 128;
/** Below that weight nobody is blocked: a few calls can be anything. */
const LEAST_WEIGHT = 32;
/** From that on who is mostly refused is slowed down: a mistake is noticed before it costs more. */
const FIRST_WEIGHT = 16;
/** Neighbours are looked for among so many calls, so that walking in several places at once, or shuffled, shows too. */
const RECENT_CALLS = 32;
/**
 * Near is what chance makes so in one call of a hundred at most: the fewer certificates, the nearer. Beyond 4096 the
 * place says nothing of whether somebody counts.
 */
const CHANCE_OF_NEAR = 0.01;
const WIDEST_PAGE = 4096;

/**
 * Shares of the weighed calls. Neighbours: by chance 1 %, and families or a town hall's morning a few per cent more; who
 * counts comes to nearly 100 %. Refused: other authorities' certificates, wrong PINs and late answers are a few per cent; who
 * guesses, or has certificates and no proofs, comes to 100 %. So there is room on both sides, and half of the calls is beyond doubt.
 */
const SLOW_DOWN = 0.2;
const BLOCK = 0.5;

type Known = Extract<ProbedOutcome, { kind: 'known' }>;

interface Watched {
  /** Pages (of at most {@link WIDEST_PAGE} ordinals) and keyed tags of the last calls; no ordinal, no serial number. */
  readonly recent: { readonly authorityId: string; readonly page: number; readonly tag: number }[];
  weight: number;
  near: number;
  refused: number;
}

/**
 * Tells callers that go through serial numbers from those that ask about the persons before them. It keeps, in memory and
 * for each caller, two shares and the rough places of its last 32 calls. Asking about the same certificate again counts
 * neither way. With the verdict `block` all that was noted of the caller is forgotten: how long it holds is for others.
 *
 * Whoever takes strides of many pages is not told from chance; against that are {@link HoneyOrdinals}, and a quota of
 * distinct persons ({@link DistinctCounter}). An authority with fewer than 9,600 certificates is too small to tell.
 */
export class ProbingDetector {
  readonly #key: KeyObject;
  readonly #callers = new Map<string, Watched>();

  /** @param key 32 random octets, for this process only: makes the tags by which repetitions are known */
  constructor(key: Uint8Array) {
    this.#key = createSecretKey(key);
  }

  /** Notes a call and says how to treat the caller from now on. */
  observe(caller: string, outcome: ProbedOutcome): ProbingVerdict {
    const watched = this.#watched(caller);
    if (outcome.kind === 'refused') weigh(watched, { near: 0, refused: 1 });
    else if (outcome.kind === 'known') this.#observeKnown(watched, outcome);
    const verdict = outcome.kind === 'honey' ? 'block' : verdictOf(watched);
    if (verdict === 'block') this.forget(caller);
    return verdict;
  }

  /** How the caller is to be treated now, before its call is answered: a block is told once, by {@link observe}. */
  verdict(caller: string): Exclude<ProbingVerdict, 'block'> {
    const watched = this.#callers.get(caller);
    return watched && verdictOf(watched) !== 'normal' ? 'slow_down' : 'normal';
  }

  /** Forgets what was noted of a caller: it begins anew. */
  forget(caller: string): void {
    this.#callers.delete(caller);
  }

  #observeKnown(watched: Watched, { authorityId, ordinal, issued }: Known): void {
    const tag = createHmac('sha256', this.#key).update(`${ordinal} ${authorityId}`).digest().readUInt32BE();
    if (watched.recent.some((each) => each.tag === tag)) return;
    const ordinals = pageOf(issued);
    const page = ordinals > 0 ? Math.floor(ordinal / ordinals) : Number.NaN;
    const isNear = watched.recent.some((each) => each.authorityId === authorityId && Math.abs(each.page - page) <= 1);
    watched.recent.push({ authorityId, page, tag });
    if (watched.recent.length > RECENT_CALLS) watched.recent.shift();
    weigh(watched, { near: isNear ? 1 : 0, refused: 0 });
  }

  #watched(caller: string): Watched {
    let watched = this.#callers.get(caller);
    if (!watched) this.#callers.set(caller, (watched = { recent: [], weight: 0, near: 0, refused: 0 }));
    return watched;
  }
}

/** How many ordinals make a page, so that a page and its two neighbours hold one of the recent calls by chance that rarely. */
const pageOf = (issued: number): number =>
  Math.min(WIDEST_PAGE, Math.floor((CHANCE_OF_NEAR * issued) / (3 * RECENT_CALLS)));

function weigh(watched: Watched, { near, refused }: { readonly near: number; readonly refused: number }): void {
  const fade = 1 - 1 / MEMORY;
  watched.weight = watched.weight * fade + 1;
  watched.near = watched.near * fade + near;
  watched.refused = watched.refused * fade + refused;
}

function verdictOf({ weight, near, refused }: Watched): ProbingVerdict {
  if (weight < LEAST_WEIGHT) return weight >= FIRST_WEIGHT && refused / weight >= BLOCK ? 'slow_down' : 'normal';
  const share = Math.max(near, refused) / weight;
  if (share >= BLOCK) return 'block';
  return share >= SLOW_DOWN ? 'slow_down' : 'normal';
}
