import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from './kafka/kafka-node.ts';

const ANSWER_LIMIT_MILLISECONDS = 20_000;

export interface TestNginx {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * The real nginx, as this user, on a free port of the loopback.
 * @param http what stands in its `http` block; in `listen 80`, 80 becomes the port
 */
export async function startTestNginx(http: string): Promise<TestNginx> {
  const [port = 0] = await freePorts(1);
  const directory = mkdtempSync(join(tmpdir(), 'kakunin-nginx-'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((of) => `${of}_temp_path ${directory};`);
  const configuration = [
    ...(process.getuid?.() === 0 ? ['user root;'] : []),
    `pid ${directory}/pid; daemon off; master_process off; error_log ${directory}/error.log;`,
    'events {}',
    `http { access_log off; ${temporary.join(' ')}`,
    http.replace('listen 80;', `listen 127.0.0.1:${port};`),
    '}',
  ];
  const file = join(directory, 'nginx.conf');
  writeFileSync(file, configuration.join('\n'));
  // Where Debian puts it, which is not in everybody's PATH.
  const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` };
  const server = spawn('nginx', ['-p', directory, '-e', join(directory, 'error.log'), '-c', file], {
    env,
    stdio: 'ignore',
  });
  const gone = new Promise<Error>((resolve) => {
    server.once('error', (cause) => resolve(new Error('Tests need nginx: "apt-get install nginx-light".', { cause })));
    server.once('exit', (code) => resolve(new Error(`nginx ended with ${code}: see its error log.`)));
  });
  process.once('exit', () => server.kill('SIGKILL'));
  const url = `http://127.0.0.1:${port}`;
  const failure = await Promise.race([answering(url), gone]);
  if (failure) throw failure;
  return {
    url,
    stop: async () => {
      server.kill('SIGKILL');
      await gone;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function answering(url: string): Promise<undefined> {
  const deadline = Date.now() + ANSWER_LIMIT_MILLISECONDS;
  for (;;) {
    try {
      await (await fetch(url)).arrayBuffer();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw new Error('nginx does not answer.', { cause: error });
      await sleep(50);
    }
  }
}
