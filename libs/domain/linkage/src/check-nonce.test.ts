import { expect, it } from 'vitest';
import { checkNonce } from './check-nonce.ts';

it('is another nonce for whoever else checks, for whom else, or with other random octets', () => {
  const checked = { random: new Uint8Array(32), platformProvider: 'pf-a', serviceProvider: 'sp-a' };
  const nonces = [
    checked,
    { ...checked, random: new Uint8Array(32).fill(1) },
    { ...checked, platformProvider: 'pf-b' },
    { ...checked, serviceProvider: 'sp-b' },
    { ...checked, platformProvider: 'pf-', serviceProvider: 'asp-a' },
  ].map((each) => Buffer.from(checkNonce(each)).toString('hex'));
  expect(new Set(nonces).size).toBe(nonces.length);
  expect(checkNonce(checked)).toHaveLength(32);
});
