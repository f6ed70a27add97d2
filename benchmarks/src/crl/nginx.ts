import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { BenchmarkError } from '../frame/benchmark.ts';
import { type ServerProcess, startServer } from '../frame/server-process.ts';

const CONFIGURATION = 'deploy/nginx/kakunin-crl.conf';

/** nginx over the same files, by the configuration that we recommend; one process, so that its CPU time is its own. */
export async function startNginx(directory: string): Promise<ServerProcess & { readonly port: number }> {
  const port = await freePort();
  const server = readFileSync(CONFIGURATION, 'utf8')
    .replaceAll('/var/lib/kakunin/published', join(directory, 'published'))
    .replace('listen 80;', `listen 127.0.0.1:${port};`);
  const file = join(directory, 'nginx.conf');
  const main = [
    ...(process.getuid?.() === 0 ? ['user root;'] : []),
    `pid ${directory}/nginx.pid; daemon off; master_process off; error_log stderr notice;`,
    'events {}',
    `http { access_log off; keepalive_requests 1000000; ${server} }`,
  ];
  writeFileSync(file, main.join('\n'));
  const nginx = await startServer({
    command: 'nginx',
    arguments: ['-p', directory, '-e', 'stderr', '-c', file],
    readyLine: /start worker|using the "epoll" event method|OS: Linux/,
  }).catch((error: unknown) => {
    throw new BenchmarkError('This benchmark needs nginx. On Debian: apt-get install nginx-light', { cause: error });
  });
  return { ...nginx, port };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
