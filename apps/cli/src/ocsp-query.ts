import type { X509Certificate } from 'node:crypto';
import {
  certIdOf,
  encodeOcspRequest,
  type OcspRefusal,
  parseOcspResponse,
  type SingleResponse,
  verifyOcspResponse,
} from '@kakunin/ocsp';
import { exchange, readAnswer, ServiceCallError } from '@kakunin/service-client';
import { formatName, type HashAlgorithm, parseCertificate } from '@kakunin/x509';
import { readCertificate, serialNumberOf } from './certificate-file.ts';
import { CliError } from './cli-error.ts';
import type { Context } from './context.ts';

export interface QueryOptions {
  readonly certificate: string;
  readonly issuer: string;
  readonly serviceProvider?: string;
  readonly purpose?: string;
  readonly mtls?: true;
  readonly url?: string;
  readonly hash: HashAlgorithm;
}

export type OcspAnswer = { readonly der: Uint8Array } & (
  | { readonly response: SingleResponse; readonly responder: string }
  | { readonly refusal: OcspRefusal; readonly reason: string | undefined }
);

const NONCE_OCTETS = 32;
const MINUTE = 60_000;

/** Asks and verifies. @throws CliError `failed` when the answer cannot be relied upon */
export async function askStatus(context: Context, options: QueryOptions): Promise<OcspAnswer> {
  const issuer = await readCertificate(context, options.issuer);
  const certificate = await readCertificate(context, options.certificate);
  checkIssued(certificate, issuer);
  const authority = parseCertificate(issuer.raw);
  const certId = certIdOf(authority, serialNumberOf(certificate), options.hash);
  const nonce = context.terminal.random(NONCE_OCTETS);
  const { der, reason } = await post(context, options, encodeOcspRequest({ certIds: [certId], nonce }));
  const parsed = parseOcspResponse(der);
  if (parsed.status === 'malformed') throw new CliError('failed', `The answer is no OCSP response: ${parsed.detail}`);
  if (parsed.status !== 'successful') return { der, refusal: parsed.status, reason };
  const verified = verifyOcspResponse(parsed.basic, {
    certIds: [certId],
    nonce,
    authority,
    now: context.terminal.clock.now(),
    clockSkew: MINUTE,
    maximumAge: 15 * MINUTE,
  });
  if (!verified.ok) throw new CliError('failed', `The answer cannot be relied upon: ${verified.refusal}.`);
  const [response] = verified.responses as [SingleResponse];
  return { der, response, responder: formatName(verified.responder.subject) };
}

/** Key generations share a name, so that taking the wrong one is easily done. */
function checkIssued(certificate: X509Certificate, issuer: X509Certificate): void {
  if (certificate.verify(issuer.publicKey)) return;
  throw new CliError('usage', '--issuer did not sign --certificate: take the authority of the same key generation.');
}

async function post(context: Context, options: QueryOptions, request: Uint8Array) {
  const service = 'OCSP responder';
  const url = new URL(addressOf(context, options));
  const answer = await exchange({
    service,
    url,
    method: 'POST',
    headers: { 'content-type': 'application/ocsp-request', 'content-length': String(request.length) },
    body: request,
    tls: url.protocol === 'https:' ? context.platformProviderTls() : {},
  });
  const der = await readAnswer({ service, url }, answer);
  if (answer.status !== 200)
    throw new ServiceCallError('refused', `The ${service} at ${url.href} answers HTTP ${answer.status}.`);
  return { der, reason: answer.headers['kakunin-error']?.toString() };
}

/** `/ocsp`, `/ocsp/{service provider}`, `/ocsp/{service provider}/{purpose}`. */
function addressOf(context: Context, { url, mtls, serviceProvider, purpose }: QueryOptions): string {
  if (purpose !== undefined && serviceProvider === undefined) {
    throw new CliError('usage', '--purpose needs --service-provider.');
  }
  const base = url ?? context.address(mtls ? 'ocspMtlsUrl' : 'ocspUrl');
  return [base.replace(/\/$/, ''), serviceProvider, purpose].filter((part) => part !== undefined).join('/');
}
