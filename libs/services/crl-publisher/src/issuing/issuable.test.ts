import { createTestCa } from '@kakunin/testing';
import { expect, it } from 'vitest';
import { whyNotIssuable } from './issuable.ts';

const now = 1_800_000_000_000;
const { certificate, credential } = await createTestCa();

it('makes no CRL of data that is too old, or as far ahead because the clock was set back', () => {
  const reasonOf = (asOf: number) =>
    whyNotIssuable({
      status: { asOf, blocked: false },
      certificate,
      signer: credential,
      timing: { maximumDataAge: 60_000 },
      now,
    })?.reason;
  expect([now, now - 60_000, now - 60_001, now + 60_001].map(reasonOf)).toEqual([
    undefined,
    undefined,
    'status_stale',
    'status_stale',
  ]);
});
