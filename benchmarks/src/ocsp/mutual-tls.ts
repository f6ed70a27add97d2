import { atMost, measured } from '../frame/benchmark.ts';
import type { Row } from '../frame/benchmark.ts';
import { loadByGo } from '../frame/go-load.ts';
import type { Stage } from './stage.ts';
import { loadOn, measureInTurn } from './subject.ts';
import type { Subject } from './subject.ts';

/** Mutual TLS against plain HTTP under the same generator, and full handshakes. */
export async function mutualTls(stage: Stage): Promise<readonly Row[]> {
  const server = await stage.kakunin(1);
  try {
    const { bin } = stage;
    const { requests, requestsWithNonce, client } = stage.population.p256;
    const mtls = Number(server.ready['mtls']);
    const plain: Subject = {
      name: 'kakunin, cached, plain',
      server,
      bodies: requests,
      connections: 256,
      load: (input) => loadByGo({ ...input, bin }),
    };
    const secure: Subject = {
      ...plain,
      name: 'kakunin, cached, mutual TLS',
      port: mtls,
      load: (input) => loadByGo({ ...input, bin, client }),
    };
    const live = { bodies: requestsWithNonce };
    const subjects: readonly Subject[] = [
      plain,
      secure,
      { ...plain, ...live, name: 'kakunin, live P-256, plain' },
      { ...secure, ...live, name: 'kakunin, live P-256, mutual TLS' },
    ];
    const [cached, cachedSecure, signed, signedSecure] = await measureInTurn(subjects, stage);
    return [
      measured('mutual TLS, cached: server CPU', cachedSecure!.cpu, 'µs/request'),
      measured('mutual TLS, live P-256: server CPU', signedSecure!.cpu, 'µs/request'),
      atMost(1.5, measured('mutual TLS, cached: CPU against plain', cachedSecure!.cpu / cached!.cpu, '×')),
      atMost(1.5, measured('mutual TLS, live P-256: CPU against plain', signedSecure!.cpu / signed!.cpu, '×')),
      measured('full handshakes', await handshakes(secure, stage), 'a CPU-second'),
    ];
  } finally {
    await server.stop();
  }
}

/** Each with one cached answer: the cost of that is in it. */
async function handshakes(secure: Subject, stage: Stage): Promise<number> {
  const { bin } = stage;
  const { client } = stage.population.p256;
  const before = secure.server.cpu();
  const load: Subject['load'] = (input) => loadByGo({ ...input, bin, client, handshakes: true });
  const { requests } = await loadOn({ ...secure, connections: 16, load }, stage);
  return (requests * 1_000_000) / (secure.server.cpu() - before);
}
