import { sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AgentOptions } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceClient } from '@kakunin/service-client';
import { createTestCa, type IssuedCertificate, type TestCa, type TestKeyType } from '@kakunin/testing/test-ca';
import { z } from 'zod';
import { BenchmarkError } from '../frame/benchmark.ts';
import type { ServerProcess } from '../frame/server-process.ts';
import { type Answered, sendEach, sendPaced } from './https-load.ts';
import { OPERATOR } from './registry-server.ts';

const CONNECTIONS = 64;
/** Certificates of each kind; each is shown many times. */
const PERSONS = 40;
export const AUTHORITY = 'people-g1';

/** An authority, a platform provider with its own client certificate, and a service provider behind it. */
export class IdentificationScene {
  readonly #operator: ServiceClient;
  readonly #registry: ServerProcess;
  readonly #authority: TestCa;
  readonly #pf: AgentOptions;

  private constructor(registry: ServerProcess, authority: TestCa, tls: { operator: ServiceClient; pf: AgentOptions }) {
    this.#registry = registry;
    this.#authority = authority;
    this.#operator = tls.operator;
    this.#pf = tls.pf;
  }

  /** @param directory of the registry's files */
  static async begin(registry: ServerProcess, directory: string): Promise<IdentificationScene> {
    const read = (name: string): Buffer => readFileSync(join(directory, name));
    const [cert, key] = [read(OPERATOR.certificate), read(OPERATOR.key)];
    const url = `https://localhost:${registry.ready['port']}`;
    const operator = new ServiceClient({ service: 'linkage registry', url, tls: { ca: cert, cert, key } });
    const authority = await createTestCa();
    const client = await authority.issueClient('pf');
    await register(operator, authority, client);
    const pf = { ca: cert, cert: client.certificatePem, key: client.keyPem };
    const scene = new IdentificationScene(registry, authority, { operator, pf });
    while ((await scene.send('/challenges', [CHALLENGE]))[0]?.status !== 201) await sleep(50);
    return scene;
  }

  /** Registers certificates of a kind, each with a holder of its own. */
  async issue(keyType: TestKeyType): Promise<readonly IssuedCertificate[]> {
    const subjects: IssuedCertificate[] = [];
    for (let person = 0; person < PERSONS; person++) {
      const subject = await this.#authority.issue({ keyType });
      const { serialNumber, notAfter } = subject.certificate;
      const record = { serialNumber, notAfter, carrier: 'card', holder: `${keyType} ${person}` };
      await this.#operator.post(`/authorities/${AUTHORITY}/certificates`, record, z.unknown());
      subjects.push(subject);
    }
    return subjects;
  }

  /** Requests that wait to be sent: fresh challenges, signed. */
  async signed(subjects: readonly IssuedCertificate[], count: number): Promise<readonly string[]> {
    const challenges = await this.send(
      '/challenges',
      Array.from({ length: count }, () => CHALLENGE),
    );
    return challenges.map(({ status, body }, index) => {
      if (status !== 201) throw new BenchmarkError(`A challenge was answered ${status}: ${body}`);
      const { challengeId, message } = challengeSchema.parse(JSON.parse(body));
      const { certificate, privateKey } = subjects[index % subjects.length]!;
      const signature = sign('sha256', Buffer.from(message, 'base64'), privateKey).toString('base64');
      const text = Buffer.from(certificate.der).toString('base64');
      return JSON.stringify({ serviceProvider: 'sp', certificate: text, challengeId, signature });
    });
  }

  /** As the platform provider. @param port of another server than the registry */
  send(
    path: string,
    bodies: readonly string[],
    port = Number(this.#registry.ready['port']),
  ): Promise<readonly Answered[]> {
    return sendEach({ port, path, bodies, connections: CONNECTIONS, tls: this.#pf });
  }

  /** Identifies, so many a second. */
  sendPaced(bodies: readonly string[], perSecond: number): Promise<readonly Answered[]> {
    const port = Number(this.#registry.ready['port']);
    return sendPaced({ port, path: '/identifications', bodies, connections: CONNECTIONS, tls: this.#pf, perSecond });
  }
}

const CHALLENGE = JSON.stringify({ serviceProvider: 'sp' });
const challengeSchema = z.object({ challengeId: z.string(), message: z.string() });

async function register(operator: ServiceClient, authority: TestCa, client: IssuedCertificate): Promise<void> {
  const put = (code: string, party: object) => operator.put(`/relying-parties/${code}`, party, z.unknown());
  await operator.post(
    '/authorities',
    {
      authorityId: AUTHORITY,
      certificateClass: 'user-authentication',
      certificate: authority.certificatePem,
      serialScheme: { kind: 'random' },
    },
    z.unknown(),
  );
  await put('pf', { name: 'PF', kind: 'platform_provider', roles: ['platform_provider'] });
  await operator.post('/relying-parties/pf/credentials', { certificate: client.certificatePem }, z.unknown());
  await put('sp', { name: 'SP', kind: 'service_provider', platformProvider: 'pf', roles: [] });
}
