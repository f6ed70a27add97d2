import { expect, test } from 'vitest';
import { signersHealth } from './signers-health.ts';

const well = { signers: { ok: true, detail: '2 authorities have a signer' } };
const ill = (detail: string) => ({ signers: { ok: false, detail } });

test('all workers must be able to sign; what several say is said once', () => {
  expect(signersHealth([well, well])).toEqual({ ok: true, detail: '2 authorities have a signer' });
  expect(signersHealth([ill('g1: expired'), well, ill('g1: expired')])).toEqual({ ok: false, detail: 'g1: expired' });
  expect(signersHealth([ill('g1: expired'), ill('g2: expired')]).detail).toBe('g1: expired; g2: expired');
});

test('a worker that has not looked yet is not well', () => {
  expect(signersHealth([well, { signers: undefined }])).toEqual({ ok: false, detail: 'not looked at yet' });
});
