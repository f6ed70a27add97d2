import { CARRIERS, CERTIFICATE_CLASSES, CHANNELS, OUTCOMES, PURPOSES, type UsageEvent } from '@kakunin/usage';
import * as fc from 'fast-check';
import type { FirstChecks, RatableCount } from '../index.ts';
import { jst } from './prices.ts';

/** Good answers about signature certificates on cards, for `sp-a` behind `pf-a`, in November 2026. */
export const count = (quantity: bigint, rest: Partial<RatableCount> = {}): RatableCount => ({
  time: jst('2026-11-15'),
  platformProvider: 'pf-a',
  serviceProvider: 'sp-a',
  certificateClass: 'signature',
  carrier: 'card',
  channel: 'ocsp',
  purpose: 'signature_verification',
  outcome: 'good',
  quantity,
  ...rest,
});

export const event = (rest: Partial<UsageEvent> = {}): UsageEvent => ({
  time: jst('2026-11-15'),
  platformProvider: 'pf-a',
  serviceProvider: 'sp-a',
  authorityId: 'sign-1',
  certificateClass: 'signature',
  carrier: 'card',
  channel: 'ocsp',
  purpose: 'signature_verification',
  outcome: 'good',
  requestDigest: new Uint8Array(16),
  certificateDigest: new Uint8Array(16),
  ...rest,
});

/** Digest of one of some certificates. */
export const digest = (certificate: number): Uint8Array => new Uint8Array(16).fill(certificate);

const dimensions = {
  platformProvider: fc.constantFrom('pf-a', 'pf-b'),
  serviceProvider: fc.constantFrom('', 'sp-a', 'sp-b', 'sp-c'),
  certificateClass: fc.constantFrom(...CERTIFICATE_CLASSES),
  carrier: fc.constantFrom(...CARRIERS),
  channel: fc.constantFrom(...CHANNELS),
  purpose: fc.constantFrom(...PURPOSES),
  outcome: fc.constantFrom(...OUTCOMES),
};

/** Of November 2026 in Japan, in any order. */
export const events = fc.array(
  fc.record<UsageEvent>({
    ...dimensions,
    time: fc.integer({ min: jst('2026-11-01'), max: jst('2026-12-01') - 1 }),
    authorityId: fc.constantFrom('sign-1', 'sign-2'),
    requestDigest: fc.constant(new Uint8Array(16)),
    certificateDigest: fc.integer({ min: 0, max: 9 }).map(digest),
  }),
  { maxLength: 200 },
);

/** Of November 2026 in Japan, with the first checks that they could hold. */
export const counts = fc.array(
  fc
    .tuple(
      fc.record({ ...dimensions, time: fc.integer({ min: jst('2026-11-01'), max: jst('2026-12-01') - 1 }) }),
      fc.tuple(fc.bigInt(0n, 3_000n), fc.bigInt(0n, 3_000n), fc.bigInt(0n, 3_000n)),
    )
    .map(([about, parts]): RatableCount & { readonly firstChecks: FirstChecks } => {
      const [year, month, quantity] = parts.toSorted((one, other) => Number(one - other)) as [bigint, bigint, bigint];
      return { ...about, quantity, firstChecks: { month, year } };
    }),
  { maxLength: 40 },
);
