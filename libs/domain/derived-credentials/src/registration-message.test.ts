import { createHash } from 'node:crypto';
import { identificationMessage } from '@kakunin/linkage';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { registrationMessage, type RegistrationProof } from './registration-message.ts';

const proof: RegistrationProof = {
  challenge: new Uint8Array(32).fill(7),
  provider: 'idp-a',
  kind: 'account',
  reference: 'user 7',
};
const hex = (message: Uint8Array): string => Buffer.from(message).toString('hex');

it('stays what it is: signers rely on it', () => {
  const digest = createHash('sha256').update(registrationMessage(proof)).digest('hex');
  // Computed outside this code, with Python's struct and hashlib.
  expect(digest).toBe('377bf6ef1909d7be35f4b4326305216edeb3a435bd73fa20e742deb9a9e98b12');
});

it('differs when anything differs, and from what identifies a person', () => {
  const other = fc.record({
    provider: fc.constantFrom('idp-a', 'idp-b', 'idp-aa'),
    kind: fc.constantFrom('account' as const, 'certificate' as const, 'fido_credential' as const),
    reference: fc.constantFrom('user 7', 'user 77', ''),
  });
  fc.assert(
    fc.property(other, other, (one, two) => {
      const same = JSON.stringify(one) === JSON.stringify(two);
      expect(hex(registrationMessage({ ...proof, ...one })) === hex(registrationMessage({ ...proof, ...two }))).toBe(
        same,
      );
    }),
  );
  const identification = { challenge: proof.challenge, platformProvider: 'idp-a', serviceProvider: 'account' };
  expect(hex(registrationMessage(proof)).startsWith(hex(identificationMessage(identification)).slice(0, 20))).toBe(
    false,
  );
});
