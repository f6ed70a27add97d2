import { randomBytes, sign } from 'node:crypto';
import { createTestCa, type IssuedCertificate, type TestCa } from '@kakunin/testing/test-ca';
import type { Answer, Send } from '../../testing/api-client.ts';
import type { RegistryUnderTest } from '../../testing/registry-under-test.ts';
import { answerCheck } from './answer-check.ts';

export type Identified = Answer<{
  ppid: string;
  status: string;
  since?: number;
  succeeded: boolean;
  evidence: string;
  code?: string;
}>;

const PAIR = { platformProvider: 'pf-a', serviceProvider: 'sp-a' };

/** Signs the message of a challenge, as a person's card does. */
export async function signChallenge(send: Send, subject: IssuedCertificate, request: object) {
  const { body } = await send<{ challengeId: string; message: string }>('POST', '/challenges', request);
  const hash = subject.privateKey.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'sha384' : 'sha256';
  const signature = sign(hash, Buffer.from(body.message, 'base64'), subject.privateKey).toString('base64');
  return { challengeId: body.challengeId, signature };
}

/** A registry with an authority, a platform provider, and the service providers sp-a and sp-b behind it. */
export class IdentificationStory {
  private constructor(
    private readonly registry: RegistryUnderTest,
    readonly authority: TestCa,
    private readonly responder: IssuedCertificate,
    readonly pf: Send,
  ) {}

  static async begin(
    registry: RegistryUnderTest,
    serialScheme: object = { kind: 'random' },
  ): Promise<IdentificationStory> {
    const authority = await createTestCa();
    await registry.operator('POST', '/authorities', {
      authorityId: 'user-g1',
      certificateClass: 'user-authentication',
      certificate: authority.certificatePem,
      serialScheme,
    });
    const pf = await registry.join('pf-a', { kind: 'platform_provider', roles: ['platform_provider'] });
    const party = { kind: 'service_provider', platformProvider: 'pf-a', roles: [] };
    for (const code of ['sp-a', 'sp-b']) {
      await registry.operator('PUT', `/relying-parties/${code}`, { name: code, ...party });
    }
    return new IdentificationStory(registry, authority, await authority.issueResponder(), pf);
  }

  /** Registers a fresh certificate of a holder. */
  async issue(holder: string, more: object = {}): Promise<IssuedCertificate> {
    const subject = await this.authority.issue();
    const { serialNumber, notAfter } = subject.certificate;
    const record = { serialNumber, notAfter, carrier: 'card', holder, certificate: subject.certificatePem };
    await this.registry.operator('POST', '/authorities/user-g1/certificates', { ...record, ...more });
    return subject;
  }

  /** An identification by a signature of the holder. */
  async possession(subject: IssuedCertificate, more: object = {}, sender = this.pf): Promise<Identified> {
    const request = { serviceProvider: 'sp-a', certificate: subject.certificatePem, ...more };
    const proof = await signChallenge(sender, subject, { serviceProvider: request.serviceProvider });
    return sender('POST', '/identifications', { ...proof, ...request });
  }

  /** A request for an identification by a check, which pf-a has just made for sp-a. */
  async checked(subject: IssuedCertificate, more: object = {}): Promise<object> {
    const random = randomBytes(32);
    const { authority, responder } = this;
    const answer = await answerCheck({ authority, responder, subject, random, ...PAIR, producedAt: Date.now() });
    const check = { random: random.toString('base64'), ocspResponse: Buffer.from(answer).toString('base64') };
    return { serviceProvider: 'sp-a', certificate: subject.certificatePem, check, ...more };
  }

  identify(body: object): Promise<Identified> {
    return this.pf('POST', '/identifications', body);
  }
}
