import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { CertificateStatus } from '@kakunin/certificates';
import { TestResponder, until } from '@kakunin/ocsp-responder/testing/test-responder';
import type { IssuedCertificate } from '@kakunin/testing';
import { type Population, REVOKED_AT } from './population.ts';
import { Probe } from './probe.ts';

export const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

/** The responder service as it runs, told of the probe's authority; its plain port answers for one platform provider. */
export async function startProbedKakunin(population: Population): Promise<{ probe: Probe; responder: TestResponder }> {
  const responder = await TestResponder.start();
  const { caller } = population;
  const credentials = [
    { fingerprint: sha256(caller.certificate.der), notBefore: 0, notAfter: caller.certificate.notAfter },
  ];
  await responder.publishParty({ code: 'pf', kind: 'platform_provider', roles: ['platform_provider'], credentials });
  const probe = await addProbedAuthority(responder, population, { authorityId: 'probed' });
  await responder.isReady();
  return { probe, responder };
}

export interface ProbedAuthority {
  readonly authorityId: string;
  /** Content of `policy.json`. */
  readonly policy?: object;
  /** Who else signs, each in a folder of his own. */
  readonly others?: readonly IssuedCertificate[];
}

/** Tells a responder of an authority and its certificates, and waits until it answers about them. */
export async function addProbedAuthority(
  responder: TestResponder,
  population: Population,
  { authorityId, policy = {}, others = [] }: ProbedAuthority,
): Promise<Probe> {
  const folder = `signers/${authorityId}`;
  for (const [index, other] of others.entries()) responder.write(`${folder}/other-${index}`, other);
  responder.write(folder, population.responder);
  writeFileSync(responder.file(`${folder}/policy.json`), JSON.stringify(policy));
  const certificate = Buffer.from(population.ca.certificate.der).toString('base64');
  const serialScheme = { kind: 'random' } as const;
  const authority = { authorityId, certificateClass: 'signature', certificate, serialScheme, certHash: true } as const;
  await responder.publish({ type: 'authority_registered', authority });
  for (const { serialNumber, notAfter, reason, fingerprint } of population.issued) {
    const status: CertificateStatus = reason
      ? { status: 'revoked', revocationDate: REVOKED_AT, reason }
      : { status: 'good' };
    const known = { authorityId, serialNumber, carrier: 'card', notAfter, status, fingerprint } as const;
    await responder.publish({ type: 'certificate_status', ...known });
  }
  const probe = new Probe(population, { port: responder.plainPort, path: '/ocsp' });
  await until(async () => !NOT_YET.includes(await probe.post(probe.about('longest'))));
  return probe;
}

/** Before it knows the authority, and its status and its signers. */
const NOT_YET = ['unauthorized', 'tryLater', 'unknown'];
