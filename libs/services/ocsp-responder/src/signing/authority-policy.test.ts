import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_POLICY, readPolicy } from './authority-policy.ts';
import type { AuthorityPolicy } from './authority-policy.ts';

const WHOLE: AuthorityPolicy = {
  neverIssued: 'revoked',
  requireSignedRequests: true,
  certHash: true,
  archiveCutoffSeconds: 315_360_000,
  responderId: 'name',
  answerValiditySeconds: 60,
  anonymous: true,
  requireNoCheck: false,
};

test('what the file says holds, and the defaults for what it leaves open', () => {
  expect(readPolicy(JSON.stringify(WHOLE), DEFAULT_POLICY)).toEqual({ policy: WHOLE });
  expect(readPolicy('{}', WHOLE)).toEqual({ policy: WHOLE });
  const entries = Object.entries(WHOLE);
  fc.assert(
    fc.property(fc.subarray(entries), (given) => {
      const file = Object.fromEntries(given);
      expect(readPolicy(JSON.stringify(file), DEFAULT_POLICY)).toEqual({ policy: { ...DEFAULT_POLICY, ...file } });
    }),
  );
});

describe('is refused, with the key that is wrong and without its value:', () => {
  test.each([
    ['an unknown key', { anonymus: 'secret' }, '"anonymus"'],
    ['a wrong choice', { neverIssued: 'secret' }, 'neverIssued: '],
    ['a switch that is none', { certHash: 'secret' }, 'certHash: '],
    ['seconds that are none', { answerValiditySeconds: 'secret' }, 'answerValiditySeconds: '],
    ['no time at all', { archiveCutoffSeconds: 0 }, 'archiveCutoffSeconds: '],
    ['half a second', { answerValiditySeconds: 0.5 }, 'answerValiditySeconds: '],
    ['no object', ['secret'], 'expected object'],
  ])('%s', (_, file, problem) => {
    const read = readPolicy(JSON.stringify(file), DEFAULT_POLICY);
    expect(read.policy).toBeUndefined();
    expect(read.problem).toContain(problem);
    expect(read.problem).not.toContain('secret');
  });

  test('what is no JSON', () => {
    expect(readPolicy('{ "anonymous": tru', DEFAULT_POLICY)).toEqual({ problem: 'it is no JSON' });
  });
});
