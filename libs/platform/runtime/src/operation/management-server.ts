import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import type { Health } from './health.ts';

export interface ManagementInput {
  readonly host: string;
  readonly port: number;
  readonly health: Health;
  readonly metrics: Registry;
}

/** `/livez` (the process runs), `/readyz` (it may be given work; `?verbose` says why not), `/metrics` (Prometheus). */
export async function startManagementServer({ host, port, health, metrics }: ManagementInput): Promise<Server> {
  const server = createServer((request, response) => {
    // Split by hand: a URL parser throws at what some callers send, and here that would end the process.
    const [path, query] = (request.url ?? '/').split('?', 2);
    if (path === '/livez') return answer(response, 200, 'ok\n');
    if (path === '/readyz') return readyz(response, health, new URLSearchParams(query).has('verbose'));
    if (path === '/metrics') return void sendMetrics(response, metrics);
    return answer(response, 404, 'Try /livez, /readyz?verbose or /metrics.\n');
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return server;
}

function readyz(response: ServerResponse, health: Health, verbose: boolean): void {
  const { ok, checks } = health.report();
  const lines = checks.map((check) => `${check.ok ? '[+]' : '[-]'} ${check.name}: ${check.detail}`);
  const verdict = ok ? 'ready' : 'not ready';
  answer(response, ok ? 200 : 503, `${verbose ? [...lines, verdict].join('\n') : verdict}\n`);
}

async function sendMetrics(response: ServerResponse, metrics: Registry): Promise<void> {
  try {
    answer(response, 200, await metrics.metrics(), metrics.contentType);
  } catch (error) {
    answer(response, 500, `A collector failed: ${(error as Error).message}\n`);
  }
}

function answer(response: ServerResponse, status: number, body: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}
