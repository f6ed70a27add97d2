import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaProcess, KafkaRuntime } from './kafka-runtime.ts';

/** One node of a cluster; broker and controller at once. */
export interface KafkaNodeAddress {
  readonly id: number;
  readonly port: number;
  readonly controllerPort: number;
  /** Of its metadata directory; 16 random bytes in URL-safe base64. */
  readonly directoryId: string;
}

export interface KafkaNodeInput extends KafkaNodeAddress {
  readonly directory: string;
  readonly clusterId: string;
  readonly nodes: readonly KafkaNodeAddress[];
  readonly runtime: KafkaRuntime;
}

const TERMINATION_LIMIT_MILLISECONDS = 5_000;

/** A broker in KRaft mode on 127.0.0.1, with its data in its own folder. */
export class KafkaNode {
  private running: KafkaProcess | undefined;
  private readonly properties: string;

  constructor(private readonly input: KafkaNodeInput) {
    this.properties = join(input.directory, 'server.properties');
  }

  get id(): number {
    return this.input.id;
  }

  get address(): string {
    return `127.0.0.1:${this.input.port}`;
  }

  get pid(): number | undefined {
    return this.running?.child.pid;
  }

  async format(): Promise<void> {
    const { directory, clusterId, nodes, runtime } = this.input;
    mkdirSync(directory, { recursive: true });
    writeFileSync(this.properties, propertiesOf(this.input));
    const voters = nodes.map((node) => `${node.id}@127.0.0.1:${node.controllerPort}:${node.directoryId}`).join();
    const args = ['format', '-t', clusterId, '-c', this.properties, '--initial-controllers', voters];
    await runtime.run('kafka.tools.StorageTool', args, directory);
  }

  start(): void {
    this.running = this.input.runtime.start('kafka.Kafka', [this.properties], this.input.directory);
  }

  /** kill -9 */
  async kill(): Promise<void> {
    await this.running?.signal('SIGKILL');
    await this.exited();
  }

  /** SIGTERM, and SIGKILL when that takes long: brokers that shut down together can wait for each other. */
  async stop(): Promise<void> {
    await this.running?.signal('SIGTERM').catch(() => undefined);
    const gone = await Promise.race([this.exited().then(() => true), sleep(TERMINATION_LIMIT_MILLISECONDS, false)]);
    if (!gone) await this.kill();
  }

  private async exited(): Promise<void> {
    const child = this.running?.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise((resolve) => child.once('exit', resolve));
  }
}

function propertiesOf({ id, port, controllerPort, directory, nodes }: KafkaNodeInput): string {
  const replicas = Math.min(nodes.length, 3);
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': id,
    'controller.quorum.bootstrap.servers': nodes.map((node) => `127.0.0.1:${node.controllerPort}`).join(),
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'log.dirs': join(directory, 'data'),
    'auto.create.topics.enable': false,
    'default.replication.factor': replicas,
    'min.insync.replicas': Math.max(1, replicas - 1),
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': Math.max(1, replicas - 1),
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': Math.max(1, replicas - 1),
    'group.initial.rebalance.delay.ms': 0,
    'broker.session.timeout.ms': 6_000,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** Ports that were free a moment ago, all different. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = servers.map(
    (server) =>
      new Promise<number>((resolve) =>
        server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
      ),
  );
  const taken = await Promise.all(ports);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return taken;
}
