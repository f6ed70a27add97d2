import type { IncomingMessage, ServerResponse } from 'node:http';
import { PROBLEM_JSON, refusal } from '@kakunin/runtime/http-server';
import type { StatusSource } from '../answering/status-source.ts';
import { NOT_CACHED } from '../http/http-caching.ts';

/** `/status-data`: how old the status data of each authority is, for everyone: no counts, no certificates. */
export function statusData({ method }: IncomingMessage, response: ServerResponse, source: StatusSource): void {
  if (method !== 'GET' && method !== 'HEAD') {
    const refused = JSON.stringify(refusal(405, 'This is read with GET.'));
    response.writeHead(405, { 'content-type': PROBLEM_JSON, allow: 'GET, HEAD' }).end(refused);
    return;
  }
  const authorities = [...source.all()].map(({ authorityId, asOf = null }) => ({ authorityId, asOf }));
  authorities.sort((a, b) => a.authorityId.localeCompare(b.authorityId));
  const body = JSON.stringify({ authorities });
  const headers = { ...NOT_CACHED, 'content-type': 'application/json; charset=utf-8' };
  response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}
