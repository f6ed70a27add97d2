import { createHash } from 'node:crypto';
import type { CertificateStatus } from '@kakunin/certificates';
import { TestResponder, until } from '@kakunin/ocsp-responder/testing/test-responder';
import { type Population, REVOKED_AT } from './population.ts';
import { Probe } from './probe.ts';

const AUTHORITY_ID = 'probed';

/** The responder service as it runs, told of the probe's authority; its plain port answers for one platform provider. */
export async function startProbedKakunin(population: Population): Promise<{ probe: Probe; responder: TestResponder }> {
  const responder = await TestResponder.start();
  responder.write(`signers/${AUTHORITY_ID}`, population.responder);
  await responder.publishAuthority(AUTHORITY_ID, population.ca);
  for (const { serialNumber, notAfter, reason } of population.issued) {
    const status: CertificateStatus = reason
      ? { status: 'revoked', revocationDate: REVOKED_AT, reason }
      : { status: 'good' };
    const certificate = { authorityId: AUTHORITY_ID, serialNumber, carrier: 'card', notAfter, status } as const;
    await responder.publish({ type: 'certificate_status', ...certificate });
  }
  const fingerprint = createHash('sha256').update(population.caller.certificate.der).digest('hex');
  const credentials = [{ fingerprint, notBefore: 0, notAfter: population.caller.certificate.notAfter }];
  await responder.publishParty({ code: 'pf', kind: 'platform_provider', roles: ['platform_provider'], credentials });
  const probe = new Probe(population, { port: responder.plainPort, path: '/ocsp' });
  await until(async () => (await probe.post(probe.about('good'))) === 'good');
  await responder.isReady();
  return { probe, responder };
}
