import { readFile, stat } from 'node:fs/promises';
import type { Agent } from 'node:http';
import { type CertificateList, parseCrl } from '@kakunin/crl';
import { decodePem } from '@kakunin/x509';
import { exchange } from './exchange.ts';
import { OcspClientError } from './ocsp-client-error.ts';

/** A CRL as it was got, not verified. */
export interface CrlCopy {
  readonly der: Uint8Array;
  readonly list: CertificateList;
  /** What tells whether there is another: the ETag, or the time and size of the file. */
  readonly version: string | undefined;
}

/** How a CRL is downloaded. */
export interface Download {
  readonly url: URL;
  readonly connections: Agent;
  readonly timeoutMs: number;
  readonly maxOctets: number;
}

/**
 * Downloads a CRL unless it is the copy that is here already.
 * @throws OcspClientError of the exchange
 * @throws CrlError, X509Error when it is no CRL
 */
export async function download(from: Download, present: CrlCopy | undefined): Promise<CrlCopy> {
  const condition = present?.version === undefined ? {} : { 'if-none-match': present.version };
  const headers = { accept: 'application/pkix-crl', ...condition };
  const answer = await exchange({ ...from, method: 'GET', headers, progress: { sent: false } });
  if (answer.status === 304 && present) return present;
  if (answer.status === 200) return copyOf(answer.body, answer.headers.etag);
  const message = `${from.url.origin} answers HTTP ${answer.status} when asked for a CRL. Check its address.`;
  throw new OcspClientError('http_error', message, { httpStatus: answer.status });
}

/**
 * Reads a CRL's file unless it is the copy that is here already.
 * @throws CrlError, X509Error when it is no CRL, and what `node:fs` throws
 */
export async function readCopy(file: string, present: CrlCopy | undefined): Promise<CrlCopy> {
  const { mtimeMs, size } = await stat(file);
  const version = `${mtimeMs} ${size}`;
  return present?.version === version ? present : copyOf(await readFile(file), version);
}

const SEQUENCE = 0x30;

function copyOf(octets: Buffer, version: string | undefined): CrlCopy {
  const der = octets[0] === SEQUENCE ? octets : decodePem('X509 CRL', octets.toString('latin1'));
  return { der, list: parseCrl(der), version };
}
