import type { RequestHead } from '@kakunin/http-fast-path';
import type { Asked } from '../answer.ts';
import { readCrlPath } from '../crl-path.ts';
import type { AskedCrl } from '../served-crls.ts';
import type { RenderedAnswer } from './rendered-answer.ts';

/** A head that asks for a CRL. Clients repeat theirs octet for octet, so the last answer is remembered with it. */
export interface FastRequest {
  readonly crl: AskedCrl;
  readonly asked: Asked;
  answered?: RenderedAnswer | undefined;
}

const PREFIX = '/crl/';

/** @returns undefined for what goes the ordinary way: another path, PEM, and who offers a dictionary (RFC 9842) */
export function fastRequestOf({ method, path, headers }: RequestHead): FastRequest | undefined {
  if (method === 'POST' || !path.startsWith(PREFIX) || headers.has('available-dictionary')) return undefined;
  const found = readCrlPath(path.slice(PREFIX.length));
  if (found?.form !== 'crl') return undefined;
  const acceptEncoding = headers.get('accept-encoding');
  return { crl: { ...found, acceptEncoding }, asked: { method, headers: Object.fromEntries(headers) } };
}
