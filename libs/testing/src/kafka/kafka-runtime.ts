import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KAFKA_VERSION, kafkaJars } from './kafka-jars.ts';

const run = promisify(execFile);

/** A running class of Kafka. */
export interface KafkaProcess {
  readonly child: ChildProcess;
  signal(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** How Kafka's Java classes are run on this machine; files lie at the same paths for both. */
export interface KafkaRuntime {
  run(mainClass: string, args: readonly string[], directory: string): Promise<void>;
  start(mainClass: string, args: readonly string[], directory: string): KafkaProcess;
}

/**
 * Docker when an engine answers and has the image or can pull it, else a JDK with jars from Maven Central. Brokers name
 * the address that clients use, so containers share the host's network, which only Linux offers everywhere.
 */
export async function kafkaRuntime(): Promise<KafkaRuntime> {
  return process.platform === 'linux' && (await dockerHasKafka()) ? dockerRuntime : javaRuntime(await kafkaJars());
}

async function dockerHasKafka(): Promise<boolean> {
  try {
    await run('docker', ['info'], { timeout: 5_000 });
    await run('docker', ['pull', '-q', IMAGE], { timeout: 120_000 });
    return true;
  } catch {
    return false;
  }
}

function javaRuntime(jars: string): KafkaRuntime {
  const options = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', join(jars, '*')];
  return {
    run: async (mainClass, args) => void (await run('java', [...options, mainClass, ...args])),
    start: (mainClass, args, directory) => {
      const child = startLogged('java', [...options, mainClass, ...args], directory);
      return { child, signal: async (signal) => void child.kill(signal) };
    },
  };
}

const IMAGE = `apache/kafka:${KAFKA_VERSION}`;
const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;

const inContainer = (directory: string, extra: readonly string[]): string[] =>
  [
    'run --rm --network host -e KAFKA_HEAP_OPTS=-Xmx256m -e LOG_DIR=/tmp'.split(' '),
    ['--user', user, '-v', `${directory}:${directory}`, '-w', directory],
    extra,
    ['--entrypoint', '/opt/kafka/bin/kafka-run-class.sh', IMAGE],
  ].flat();

const dockerRuntime: KafkaRuntime = {
  run: async (mainClass, args, directory) =>
    void (await run('docker', [...inContainer(directory, []), mainClass, ...args])),
  start: (mainClass, args, directory) => {
    const name = `kakunin-kafka-${process.pid}-${directory.replaceAll(/\W+/g, '-')}`;
    const child = startLogged('docker', [...inContainer(directory, ['--name', name]), mainClass, ...args], directory);
    return { child, signal: async (signal) => void (await run('docker', ['kill', '--signal', signal, name])) };
  },
};

function startLogged(command: string, args: readonly string[], directory: string): ChildProcess {
  const log = openSync(join(directory, 'server.log'), 'a');
  try {
    const child = spawn(command, args, { cwd: directory, stdio: ['ignore', log, log] });
    // A test process that is cut off must not leave its broker behind.
    const end = (): void => void child.kill('SIGKILL');
    process.once('exit', end);
    child.once('exit', () => process.off('exit', end));
    return child;
  } finally {
    closeSync(log);
  }
}
