import { StatusIndex } from '@kakunin/status-index';
import { expect, test } from 'vitest';
import { asSealed, fill, isRevoked } from './filled-index.ts';
import { FIRST_SERIAL, KEY_VERSION, sealedSerials, sequentialSerials } from './serial-writer.ts';

const CERTIFICATES = 10_000;

test('the image of a sequential index can be loaded as that of a sealed one with the same states', () => {
  const { index } = fill({ kind: 'sequential', first: FIRST_SERIAL }, sequentialSerials(), CERTIFICATES);
  const key = Buffer.alloc(32, 7);
  const image = asSealed(index.encode(), CERTIFICATES, KEY_VERSION);
  const sealed = StatusIndex.decode(image, { sealingKeys: new Map([[KEY_VERSION, key]]) });
  const ordinals = Uint32Array.from({ length: CERTIFICATES }, (_, ordinal) => ordinal);
  const states = sealedSerials(key, ordinals).map((serial) => sealed.lookup(serial).state);
  expect(states).toEqual(Array.from(ordinals, (ordinal) => (isRevoked(ordinal) ? 'revoked' : 'good')));
  expect(states.filter((state) => state === 'revoked').length).toBeGreaterThan(CERTIFICATES / 20);
});
