import type { X509Certificate } from 'node:crypto';
import {
  type AnswerRefusal,
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

const WHY: Readonly<Record<AnswerRefusal, string>> = {
  not_yet_valid: "the responder's certificate is not valid yet, check the clock",
  expired: "the responder's certificate has expired",
  not_issued_by_authority: "the authority did not issue the responder's certificate",
  no_ocsp_signing: "the responder's certificate is not for signing OCSP answers",
  key_usage: "the responder's certificate is not for signatures",
  responder_unknown: 'the certificate of the responder that it names is not in it',
  wrong_signature: 'its signature is wrong',
  nonce_missing: 'it does not repeat the nonce of the request',
  nonce_differs: 'it repeats the nonce of another request',
  critical_extension: 'it has a critical extension that is not known here',
  other_certificate: 'it is about another certificate',
  from_the_future: 'its thisUpdate is yet to come, check the clock',
  out_of_date: 'it is too old, or its nextUpdate has passed',
};

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
  if (!verified.ok)
    throw new CliError('failed', `The answer cannot be relied upon: ${WHY[verified.refusal]} (${verified.refusal}).`);
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
