import { Admin } from '@platformatic/kafka';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts, KafkaNode } from './kafka-node.ts';
import { kafkaRuntime } from './kafka-runtime.ts';

export interface TestKafka {
  /** `host:port` of every broker. */
  readonly brokers: readonly string[];
  /** Takes the broker away, its data stays; absent for a broker that was given by `KAFKA_BROKERS`. */
  readonly pause?: () => Promise<void>;
  readonly resume?: () => Promise<void>;
  /** The broker's process now; absent for one that was given. */
  readonly pid?: () => number | undefined;
  stop(): Promise<void>;
}

export interface TestKafkaCluster extends TestKafka {
  /** kill -9 of one broker, by its node id (from 1). */
  kill(id: number): Promise<void>;
  /** The process of one broker. */
  pidOf(id: number): number | undefined;
  /** Brings a killed broker back with its data. */
  restart(id: number): Promise<void>;
}

const START_LIMIT_MILLISECONDS = 120_000;

/** A real broker: the one in `KAFKA_BROKERS` (`host:port,host:port`), else one of its own on free ports. */
export async function startTestKafka(): Promise<TestKafka> {
  const given = process.env['KAFKA_BROKERS'];
  if (given) return { brokers: given.split(','), stop: async () => {} };
  const cluster = await startTestKafkaCluster(1);
  return { ...cluster, pause: () => cluster.kill(1), resume: () => cluster.restart(1), pid: () => cluster.pidOf(1) };
}

/** Real brokers of its own, with replication over up to three of them. */
export async function startTestKafkaCluster(size: number): Promise<TestKafkaCluster> {
  const directory = mkdtempSync(join(tmpdir(), 'kakunin-kafka-'));
  const nodes = await makeNodes(size, directory);
  const brokers = nodes.map(({ address }) => address);
  const nodeOf = (id: number): KafkaNode => {
    const node = nodes.find((candidate) => candidate.id === id);
    if (!node) throw new RangeError(`There is no node ${id}.`);
    return node;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await Promise.all(nodes.map((node) => node.format()));
    for (const node of nodes) node.start();
    await answering(brokers, size);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    brokers,
    kill: (id) => nodeOf(id).kill(),
    pidOf: (id) => nodeOf(id).pid,
    restart: async (id) => {
      nodeOf(id).start();
      await answering(brokers, size);
    },
    stop,
  };
}

const randomId = (): string => randomBytes(16).toString('base64url').replace(/^-/, 'k');

async function makeNodes(size: number, directory: string): Promise<readonly KafkaNode[]> {
  const runtime = await kafkaRuntime();
  const ports = await freePorts(2 * size);
  const clusterId = randomId();
  const addresses = Array.from({ length: size }, (_, n) => ({
    id: n + 1,
    port: ports[2 * n] ?? 0,
    controllerPort: ports[2 * n + 1] ?? 0,
    directoryId: randomId(),
  }));
  return addresses.map(
    (address) =>
      new KafkaNode({
        ...address,
        directory: join(directory, `node-${address.id}`),
        clusterId,
        nodes: addresses,
        runtime,
      }),
  );
}

async function answering(brokers: readonly string[], size: number): Promise<void> {
  const deadline = Date.now() + START_LIMIT_MILLISECONDS;
  let last: unknown;
  while (Date.now() < deadline) {
    const admin = new Admin({
      clientId: 'kakunin-tests',
      bootstrapBrokers: [...brokers],
      retries: 0,
      connectTimeout: 1_000,
    });
    try {
      const { brokers: found } = await admin.metadata({ topics: [] });
      if (found.size === size) return;
    } catch (error) {
      last = error;
    } finally {
      await admin.close();
    }
    await sleep(200);
  }
  throw new Error(`Kafka did not start within ${START_LIMIT_MILLISECONDS / 1_000} s.`, { cause: last });
}
