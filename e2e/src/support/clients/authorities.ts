import { writeFileSync } from 'node:fs';
import type { CertificateStatus } from '@kakunin/certificates';
import { certIdOf, encodeOcspRequest } from '@kakunin/ocsp';
import { ask } from '@kakunin/ocsp-responder/testing/ask';
import { type TestResponder, until } from '@kakunin/ocsp-responder/testing/test-responder';
import { createTestCa, type IssuedCertificate, type TestCa, type TestKeyType } from '@kakunin/testing/test-ca';
import { revoked } from './what-clients-say.ts';

/** Who signs the answers of an authority. */
export const SIGNERS = ['P-256', 'P-384', 'RSA', 'Ed25519', 'the authority itself'] as const;
export type Signer = (typeof SIGNERS)[number];

const KEYS: Readonly<Record<Signer, { readonly authority: TestKeyType; readonly responder?: TestKeyType }>> = {
  'P-256': { authority: 'p256', responder: 'p256' },
  'P-384': { authority: 'p384', responder: 'p384' },
  RSA: { authority: 'rsa', responder: 'rsa' },
  Ed25519: { authority: 'p256', responder: 'ed25519' },
  'the authority itself': { authority: 'rsa' },
};

/** Whose never issued certificates are revoked instead of unknown (RFC 6960, 2.2). */
const REVOKES_NEVER_ISSUED: readonly Signer[] = ['P-384', 'the authority itself'];

export const NAMES = ['good', 'revoked', 'held', 'released', 'never issued'] as const;
export type Name = (typeof NAMES)[number];

/** A serial number that no authority gave. */
const NOBODYS = 'dead';

export const REVOKED_AT = Date.UTC(2026, 0, 31, 12);
const revokedFor = (reason: 'keyCompromise' | 'certificateHold'): CertificateStatus => ({
  status: 'revoked',
  revocationDate: REVOKED_AT,
  reason,
});
const STATUSES: Readonly<Record<Name, readonly CertificateStatus[]>> = {
  good: [{ status: 'good' }],
  revoked: [revokedFor('keyCompromise')],
  held: [revokedFor('certificateHold')],
  released: [revokedFor('certificateHold'), { status: 'good' }],
  'never issued': [],
};

/** One of several authorities that share a name. */
export interface ConformanceAuthority {
  readonly file: string;
  readonly certificateFiles: Readonly<Record<Name, string>>;
  /** What clients have to find out. */
  readonly expected: Readonly<Record<Name, string>>;
}

export type ConformanceAuthorities = Readonly<Record<Signer, ConformanceAuthority>>;

/** Tells a responder of an authority for each signer. All have one name, and the same serial numbers mean other things. */
export async function addAuthorities(responder: TestResponder): Promise<ConformanceAuthorities> {
  const added: [Signer, ConformanceAuthority][] = [];
  for (const signer of SIGNERS) {
    const ca = await createTestCa({ keyType: KEYS[signer].authority });
    added.push([signer, await addAuthority(responder, signer, ca)]);
    const body = encodeOcspRequest({ certIds: [certIdOf(ca.certificate, NOBODYS)] });
    // Its worker has found the signer by then.
    await until(async () => ['unknown', 'revoked'].includes((await ask({ port: responder.plainPort, body })).said));
  }
  // Whatever was published before is applied by then.
  await responder.issue('last');
  return Object.fromEntries(added) as Record<Signer, ConformanceAuthority>;
}

async function addAuthority(responder: TestResponder, signer: Signer, ca: TestCa): Promise<ConformanceAuthority> {
  const generation = SIGNERS.indexOf(signer);
  const authorityId = `generation-${generation}`;
  const neverIssued = REVOKES_NEVER_ISSUED.includes(signer) ? 'revoked' : 'unknown';
  responder.write(`signers/${authorityId}`, await signerOf(ca, signer));
  writeFileSync(responder.file(`signers/${authorityId}/policy.json`), JSON.stringify({ neverIssued }));
  await responder.publishAuthority(authorityId, ca);
  const certificateFiles: Partial<Record<Name, string>> = {};
  for (const name of [...NAMES.slice(generation), ...NAMES.slice(0, generation)]) {
    const { certificate, certificatePem } = await ca.issue();
    certificateFiles[name] = save(responder, `${authorityId}-${name}.pem`, certificatePem);
    const { serialNumber, notAfter } = certificate;
    for (const status of STATUSES[name]) {
      const event = { authorityId, serialNumber, carrier: 'card', notAfter, status } as const;
      await responder.publish({ type: 'certificate_status', ...event });
    }
  }
  return {
    file: save(responder, `${authorityId}.pem`, ca.certificatePem),
    certificateFiles: certificateFiles as Record<Name, string>,
    expected: {
      good: 'good',
      revoked: revoked('keyCompromise', REVOKED_AT),
      held: revoked('certificateHold', REVOKED_AT),
      released: 'good',
      'never issued': neverIssued === 'unknown' ? 'unknown' : revoked('certificateHold', 0),
    },
  };
}

async function signerOf(ca: TestCa, signer: Signer): Promise<IssuedCertificate> {
  const keyType = KEYS[signer].responder;
  return keyType ? ca.issueResponder({ keyType, serialNumber: 'ffff' }) : ca;
}

function save(responder: TestResponder, name: string, text: string): string {
  writeFileSync(responder.file(name), text);
  return responder.file(name);
}
