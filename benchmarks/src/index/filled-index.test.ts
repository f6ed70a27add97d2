import { StatusIndex } from '@kakunin/status-index';
import { expect, test } from 'vitest';
import { fill, isRevoked, randomSection, relabelled, sealedSection } from './filled-index.ts';
import {
  FIRST_SERIAL,
  KEY_VERSION,
  randomSerials,
  SEALED_OCTETS,
  sealedSerials,
  sequentialSerials,
} from './serial-writer.ts';

const CERTIFICATES = 10_000;

const { index } = fill({ kind: 'sequential', first: FIRST_SERIAL }, sequentialSerials(), CERTIFICATES);
const ordinals = Uint32Array.from({ length: CERTIFICATES }, (_, ordinal) => ordinal);
const expected = Array.from(ordinals, (ordinal) => (isRevoked(ordinal) ? 'revoked' : 'good'));

test('the image of a sequential index can be loaded as that of a sealed one with the same states', () => {
  const key = Buffer.alloc(32, 7);
  const image = relabelled(index.encode(), { kind: 'sealed' }, sealedSection(CERTIFICATES, KEY_VERSION));
  const sealed = StatusIndex.decode(image, { sealingKeys: new Map([[KEY_VERSION, key]]) });
  const serials = sealedSerials(key, ordinals);
  const stateAt = (at: number): string => sealed.lookup(serials.subarray(at, at + SEALED_OCTETS)).state;
  expect(Array.from(ordinals, (ordinal) => stateAt(ordinal * SEALED_OCTETS))).toEqual(expected);
  expect(expected.filter((state) => state === 'revoked').length).toBeGreaterThan(CERTIFICATES / 20);
});

test('and as that of one with random serial numbers', () => {
  const serialOf = randomSerials();
  const image = relabelled(index.encode(), { kind: 'random' }, randomSection(CERTIFICATES, serialOf));
  const random = StatusIndex.decode(image);
  expect(Array.from(ordinals, (ordinal) => random.lookup(serialOf(ordinal)).state)).toEqual(expected);
});
