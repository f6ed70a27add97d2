import { zstdCompressSync } from 'node:zlib';
import { BlindList, BlindListBuilder, BlindListChain, type BlindListPlan, entropyBound } from '@kakunin/blind-list';
import { atMost, type Benchmark, measured, type Row } from '../frame/benchmark.ts';

const CERTIFICATES = 20_000_000;
/** For what is built twice. */
const FEWER = 2_000_000;
const REVOKED = 0.1;
/** Of 200 million certificates, 105,000 are revoked on a normal day. */
const REVOKED_A_DAY = 105_000 / 200_000_000;
const CHECKS = 1_000_000;

/** The blind revocation list: size against the entropy bound, time to build, to read and to check, and deltas. */
export const blindList: Benchmark = {
  name: 'blind-list',
  summary: 'the blind revocation list of 20 million certificates, one in ten revoked (a minute, 1 GB)',
  run: ({ say }) => {
    say(`builds a list of ${CERTIFICATES / 1e6} million certificates`);
    const rows = full();
    say(`builds lists and deltas of ${FEWER / 1e6} million`);
    return Promise.resolve([...rows, ...deltas()]);
  },
};

function full(): Row[] {
  const began = process.threadCpuUsage();
  const { octets, revoked } = build(CERTIFICATES, REVOKED);
  const seconds = since(began);
  const bound = entropyBound(CERTIFICATES, revoked);
  const rss = process.resourceUsage().maxRSS / 1000;
  const reading = process.threadCpuUsage();
  const chain = new BlindListChain(BlindList.parse(octets));
  const readSeconds = since(reading);
  return [
    measured('20 M certificates, 10 % revoked: entropy bound', bound / 1000, 'kB'),
    measured('list', octets.length / 1000, 'kB'),
    atMost(12, measured('list, above the bound by', (octets.length / bound - 1) * 100, '%')),
    measured('a million certificates', (octets.length * 1e6) / CERTIFICATES / 1000, 'kB'),
    atMost(120, measured('built, one thread', seconds, 'CPU-s')),
    atMost(2000, measured('peak RSS', rss, 'MB')),
    measured('read', readSeconds * 1000, 'ms'),
    measured('wrong answers among all', wrongAnswers(chain), ''),
    atMost(1000, measured('check', checkTime(chain), 'ns')),
  ];
}

/** What a day's changes take: as a list of what changed, as the blocks that changed (all), and as the XOR of the lists. */
function deltas(): Row[] {
  const share = REVOKED + REVOKED_A_DAY;
  const { octets: before } = build(FEWER, REVOKED);
  const base = new BlindListChain(BlindList.parse(before));
  const { octets: delta, revoked } = build(FEWER, share, { base, salt: salt(2) });
  const { octets: after, revoked: revokedAfter } = build(FEWER, share);
  const xor = after.map((octet, at) => octet ^ (before[at] ?? 0));
  const bound = entropyBound(FEWER, revoked);
  const kilobytes = (name: string, octets: number): Row =>
    measured(`2 M, a day's revocations: ${name}`, octets / 1000, 'kB');
  if (revokedAfter <= revoked) throw new Error('the second list has no more revoked ones');
  return [
    kilobytes('entropy bound', bound),
    kilobytes('delta', delta.length),
    kilobytes('the list again, as all its blocks changed', after.length),
    kilobytes('XOR of the lists, zstd', zstdCompressSync(xor).length),
    measured('delta, above the bound by', (delta.length / bound - 1) * 100, '%'),
  ];
}

interface Built {
  readonly octets: Uint8Array;
  /** How many certificates the list singles out: revoked, or changed since the base. */
  readonly revoked: number;
}

function build(certificates: number, share: number, plan: Partial<BlindListPlan> = {}): Built {
  const builder = new BlindListBuilder({ salt: salt(1), certificates, ...plan });
  const fingerprint = new Uint8Array(32);
  let revoked = 0;
  for (let number = 0; number < certificates; number += 1) {
    fill(fingerprint, number);
    const isRevoked = isAmong(number, share);
    if (isRevoked !== (plan.base?.marks(fingerprint) ?? false)) revoked += 1;
    builder.add(fingerprint, isRevoked);
  }
  const times = { number: plan.base ? 2 : 1, thisUpdate: 2000, nextUpdate: 3000, issuedBefore: 1000 };
  return { octets: builder.build({ ...times, issuerKeyHash: new Uint8Array(32) }), revoked };
}

function wrongAnswers(chain: BlindListChain): number {
  const fingerprint = new Uint8Array(32);
  let wrong = 0;
  for (let number = 0; number < CERTIFICATES; number += 1) {
    fill(fingerprint, number);
    if (chain.marks(fingerprint) !== isAmong(number, REVOKED)) wrong += 1;
  }
  return wrong;
}

/** Nanoseconds; certificates in an order that no cache knows. */
function checkTime(chain: BlindListChain): number {
  const fingerprints = Array.from({ length: CHECKS }, (_, number) => {
    const fingerprint = new Uint8Array(32);
    fill(fingerprint, number * 7);
    return fingerprint;
  });
  const began = process.threadCpuUsage();
  for (const fingerprint of fingerprints) chain.marks(fingerprint);
  return (since(began) / CHECKS) * 1e9;
}

const since = (began: NodeJS.CpuUsage): number => {
  const { user, system } = process.threadCpuUsage(began);
  return (user + system) / 1e6;
};

const salt = (number: number): Uint8Array => new Uint8Array(16).fill(number);

const isAmong = (number: number, share: number): boolean => scrambled(number ^ 0x5bd1e995) < share * 2 ** 32;

/** Stands for a SHA-256, which would take longer than the list. */
function fill(fingerprint: Uint8Array, number: number): void {
  let word = number;
  for (let at = 0; at < 32; at += 4) {
    word = scrambled(word + at);
    fingerprint[at] = word;
    fingerprint[at + 1] = word >>> 8;
    fingerprint[at + 2] = word >>> 16;
    fingerprint[at + 3] = word >>> 24;
  }
}

/** A permutation of 32 bits, of another kind than those in the list. */
function scrambled(number: number): number {
  let word = Math.imul(number ^ (number >>> 16), 0x21f0aaad);
  word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
  return (word ^ (word >>> 15)) >>> 0;
}
