import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchmarkInput } from '../frame/benchmark.ts';
import { buildPeers, installCfssl } from '../frame/go-programs.ts';
import { startOwnServer, startServer } from '../frame/server-process.ts';
import type { ServerProcess } from '../frame/server-process.ts';
import { createPopulation } from './population.ts';
import type { KeyType, Population } from './population.ts';

/** What all measurements share: the same PKI for every server, and the servers. */
export interface Stage extends BenchmarkInput {
  readonly bin: string;
  readonly population: Readonly<Record<KeyType, Population>>;
  /** @param requestsPerSecond of each caller; default: no limit */
  kakunin(workers: number, requestsPerSecond?: number): Promise<ServerProcess>;
  goFloor(): Promise<ServerProcess>;
  nodeFloor(): Promise<ServerProcess>;
  goLive(keyType: KeyType): Promise<ServerProcess>;
  openssl(keyType: KeyType): Promise<ServerProcess>;
  cfssl(): Promise<ServerProcess>;
}

const READY = /^ready (?<port>\d+)$/;
/** It cannot say which port it was given, so it gets one that is rarely in use. */
const CFSSL_PORT = '38889';

export async function prepareStage(input: BenchmarkInput): Promise<Stage> {
  input.say('building the Go programs and two authorities with 100,000 certificates each …');
  const bin = await buildPeers(input.directory);
  const authorities = join(input.directory, 'authorities');
  mkdirSync(authorities);
  const population = {
    p256: await createPopulation(authorities, 'p256'),
    rsa: await createPopulation(authorities, 'rsa'),
  };
  let started = 0;
  return {
    ...input,
    bin,
    population,
    kakunin: (workers, requestsPerSecond = 0) => {
      const data = join(input.directory, `data-${(started += 1)}`);
      return startOwnServer('ocsp-responder', authorities, data, `${workers}`, `${requestsPerSecond}`);
    },
    nodeFloor: () => startOwnServer('ocsp-floor'),
    goFloor: () => startServer({ command: join(bin, 'floor'), arguments: [], readyLine: READY }),
    goLive: (keyType) => {
      const { certificateFile, responder, indexFile } = population[keyType];
      const files = [certificateFile, responder.certificateFile, responder.keyFile, indexFile];
      return startServer({ command: join(bin, 'live'), arguments: files, readyLine: READY });
    },
    openssl: (keyType) => openssl(population[keyType]),
    cfssl: () => cfssl(population.p256),
  };
}

/** It knows no address to bind to, only a port: for these seconds it listens on all. */
const openssl = ({ indexFile, certificateFile, responder }: Population): Promise<ServerProcess> =>
  startServer({
    command: 'openssl',
    arguments: 'ocsp -port 0'
      .split(' ')
      .concat('-index', indexFile, '-CA', certificateFile)
      .concat('-rsigner', responder.certificateFile, '-rkey', responder.keyFile),
    readyLine: /^ACCEPT \S+?:(?<port>\d+) PID/,
  });

/** Its own address parsing wants the port apart from the address. */
async function cfssl(population: Population): Promise<ServerProcess> {
  const server = await startServer({
    command: await installCfssl(),
    arguments: ['ocspserve', '-address', '127.0.0.1', '-port', CFSSL_PORT].concat(
      '-path',
      '/ocsp',
      '-responses',
      await population.writeAnswers(),
    ),
    readyLine: /Now listening on/,
  });
  return { ...server, ready: { port: CFSSL_PORT } };
}
