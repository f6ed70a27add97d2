import { describe, expect, it } from 'vitest';
import { HoneyOrdinals } from './honey.ts';
import { type ProbedOutcome, ProbingDetector, type ProbingVerdict } from './probing-detector.ts';
import { draws } from './testing/draws.ts';

const NATION = 200_000_000;
const REFUSED: ProbedOutcome = { kind: 'refused' };
const known = (ordinal: number, issued = NATION, authorityId = 'sig'): ProbedOutcome => ({
  kind: 'known',
  authorityId,
  ordinal,
  issued,
});

/** The worst verdict, and how many calls it took to be blocked. */
function watch(calls: number, outcomeOf: (call: number) => ProbedOutcome) {
  const detector = new ProbingDetector(new Uint8Array(32));
  const verdicts = new Set<ProbingVerdict>();
  for (let call = 0; call < calls; call += 1) {
    verdicts.add(detector.observe('pf-a', outcomeOf(call)));
    if (verdicts.has('block')) return { worst: 'block', after: call + 1 };
  }
  return { worst: verdicts.has('slow_down') ? 'slow_down' : 'normal', after: calls };
}

describe('who asks about the persons before him', () => {
  it.each([NATION, 1_000_000, 100_000, 5_000])('is never disturbed, of %d certificates', (issued) => {
    const draw = draws(`honest ${issued}`);
    expect(watch(4_000, () => known(draw(issued), issued)).worst).toBe('normal');
  });

  it('nor with one call of ten that is of no certificate here', () => {
    const draw = draws('mistaken');
    expect(watch(3_000, () => (draw(10) === 0 ? REFUSED : known(draw(NATION)))).worst).toBe('normal');
  });

  it('nor when families come, of four with neighbouring certificates each tenth time', () => {
    const draw = draws('families');
    let family: number[] = [];
    const next = (): number => {
      if (family.length > 0) return family.pop()!;
      const first = draw(NATION);
      if (draw(40) === 0) family = [first + 1, first + 2, first + 3];
      return first;
    };
    expect(watch(3_000, () => known(next())).worst).toBe('normal');
  });

  it('nor when he asks about the same again and again, neighbours among them', () => {
    const draw = draws('again');
    expect(watch(3_000, () => known(1_000 + draw(20))).worst).toBe('normal');
  });

  it('nor by what is near at two authorities', () => {
    expect(watch(30, (call) => known(call, NATION, `authority ${call}`)).worst).toBe('normal');
    const draw = draws('two');
    const ordinals = Array.from({ length: 2_000 }, () => draw(NATION));
    expect(watch(4_000, (call) => known(ordinals[call >> 1]!, NATION, call % 2 ? 'sig' : 'auth')).worst).toBe('normal');
  });
});

describe('who goes through serial numbers', () => {
  it.each<[string, (call: number) => number]>([
    ['upwards', (call) => 5_000_000 + call],
    ['downwards', (call) => 5_000_000 - call],
    ['in strides', (call) => 5_000_000 + call * 1_000],
    ['in ten places at once', (call) => (call % 10) * 7_000_000 + Math.floor(call / 10)],
    ['each twice', (call) => 5_000_000 + (call >> 1)],
    ['in disorder', (call) => 5_000_000 + ((call * 7_919) % 4_096)],
  ])('%s is blocked after at most 100 calls', (_, ordinalOf) => {
    expect(watch(100, (call) => known(ordinalOf(call)))).toMatchObject({ worst: 'block' });
  });

  it('is blocked at a small authority, too', () => {
    expect(watch(100, (call) => known(call, 20_000))).toMatchObject({ worst: 'block' });
  });

  it('is slowed down when he hides it among as many honest calls, three to one', () => {
    const draw = draws('hidden');
    const outcome = watch(2_000, (call) => known(call % 4 === 0 ? 9_000_000 + call : draw(NATION)));
    expect(outcome.worst).toBe('slow_down');
  });

  it('is blocked when he guesses', () => {
    expect(watch(100, () => REFUSED)).toEqual({ worst: 'block', after: 37 });
  });
});

describe('a verdict', () => {
  it('is of one caller; a block is told once, and the caller begins anew', () => {
    const detector = new ProbingDetector(new Uint8Array(32));
    for (let call = 0; call < 30; call += 1) {
      for (const caller of ['pf-a', 'pf-b']) detector.observe(caller, REFUSED);
    }
    expect(detector.observe('pf-a', { kind: 'honey' })).toBe('block');
    expect([detector.verdict('pf-a'), detector.verdict('pf-b')]).toEqual(['normal', 'slow_down']);
    detector.forget('pf-b');
    expect(detector.verdict('pf-b')).toBe('normal');
  });

  it('of a burst of mistakes is to slow down before it is to block', () => {
    const detector = new ProbingDetector(new Uint8Array(32));
    const verdicts = Array.from({ length: 37 }, () => detector.observe('pf-a', REFUSED));
    expect(verdicts.indexOf('slow_down')).toBeLessThan(20);
    expect(verdicts.indexOf('block')).toBe(36);
  });

  it('to slow down fades when a caller comes to reason', () => {
    const draw = draws('reason');
    const detector = new ProbingDetector(new Uint8Array(32));
    for (let call = 0; call < 100; call += 1) detector.observe('a', call % 3 === 0 ? REFUSED : known(draw(NATION)));
    expect(detector.verdict('a')).toBe('slow_down');
    for (let call = 0; call < 200; call += 1) detector.observe('a', known(draw(NATION)));
    expect(detector.verdict('a')).toBe('normal');
  });
});

describe('honey', () => {
  const honey = new HoneyOrdinals(new Uint8Array(32).fill(5), 200);

  it('is about one in so many, elsewhere at another authority and under another key', () => {
    const at = (key: number, authority: string) => {
      const some = new HoneyOrdinals(new Uint8Array(32).fill(key), 200);
      return Array.from({ length: 20_000 }, (_, ordinal) => ordinal).filter((each) => some.has(authority, each));
    };
    const [one, otherKey, otherAuthority] = [at(5, 'sig'), at(6, 'sig'), at(5, 'auth')];
    // 100 of 20,000, with a standard deviation of 10.
    for (const each of [one, otherKey, otherAuthority]) expect(Math.abs(each!.length - 100)).toBeLessThan(40);
    expect(one!.filter((each) => otherKey!.includes(each) || otherAuthority!.includes(each)).length).toBeLessThan(5);
    expect(one!.every((each) => honey.has('sig', each))).toBe(true);
  });

  it.each([1, 0, Number.NaN, 2 ** 32])('is not one in %d', (oneIn) => {
    expect(() => new HoneyOrdinals(new Uint8Array(32), oneIn)).toThrow(
      expect.objectContaining({ code: 'honey_rate_invalid' }),
    );
  });
});
