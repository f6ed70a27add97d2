import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseOcspRequest, parseOcspResponse, verifyOcspResponse } from '@kakunin/ocsp';
import { certificateDer, parseCertificate } from '@kakunin/x509';

const CLOCK_SKEW = 5_000;
const MAXIMUM_AGE = 60_000;
const LARGEST_SAMPLE = 65_536;

/** Verifies samples of what the load was answered. */
export interface Checker {
  readonly url: string;
  readonly verified: number;
  /** Why samples were refused, and how often. */
  readonly refusals: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

/** A sample is: 2 octets place of the authority, 2 octets length of the request, request, answer. */
export async function startChecker(authorityPems: readonly string[]): Promise<Checker> {
  const authorities = authorityPems.map((pem) => parseCertificate(certificateDer(Buffer.from(pem))));
  const seen = { verified: 0, refusals: new Map<string, number>() };
  const check = (sample: Buffer): void => {
    const refusal = refusalOf(sample, authorities[sample.readUInt16BE(0)]);
    if (refusal === undefined) seen.verified += 1;
    else seen.refusals.set(refusal, (seen.refusals.get(refusal) ?? 0) + 1);
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => {
      if (chunks.reduce((sum, { length }) => sum + length, chunk.length) > LARGEST_SAMPLE) request.destroy();
      else chunks.push(chunk);
    });
    request.on('end', () => {
      check(Buffer.concat(chunks));
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    get verified() {
      return seen.verified;
    },
    refusals: seen.refusals,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function refusalOf(sample: Buffer, authority: ReturnType<typeof parseCertificate> | undefined): string | undefined {
  if (!authority) return 'an authority that is not known';
  const end = 4 + sample.readUInt16BE(2);
  try {
    const request = parseOcspRequest(sample.subarray(4, end), { maxRequests: 1 });
    const response = parseOcspResponse(sample.subarray(end));
    if (!request.ok || response.status !== 'successful') return 'not successful';
    const { requests, nonce } = request.ok;
    const certIds = requests.map(({ certId }) => certId);
    const facts = { certIds, nonce, authority, now: Date.now(), clockSkew: CLOCK_SKEW, maximumAge: MAXIMUM_AGE };
    const verified = verifyOcspResponse(response.basic, facts);
    return verified.ok ? undefined : verified.refusal;
  } catch {
    return 'unreadable';
  }
}
