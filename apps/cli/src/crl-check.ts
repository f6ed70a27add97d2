import { CrlError, type CrlRefusal, parseCrl, verifyCrl } from '@kakunin/crl';
import { exchange, readAnswer, ServiceCallError } from '@kakunin/service-client';
import { decodePem, digest, parseCertificate, serialNumberHex, X509Error } from '@kakunin/x509';
import { readCertificate, serialNumberOf } from './certificate-file.ts';
import { CliError } from './cli-error.ts';
import type { Context } from './context.ts';

export interface CrlOptions {
  readonly issuer: string;
  readonly authority?: string;
  readonly file?: string;
  readonly certificate?: string;
}

/** A CRL that can be relied upon. Instants are epoch ms. */
export interface CheckedCrl {
  readonly der: Uint8Array;
  readonly number: bigint;
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  readonly entries: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Whether the certificate that was asked about is in it; absent: none was. */
  readonly certificate?: 'revoked' | 'not revoked';
}

const WHY: Readonly<Record<CrlRefusal, string>> = {
  other_issuer: 'another authority issued it',
  other_key: 'another key of the authority signed it, take the --issuer of the same key generation',
  key_usage: "the authority's certificate is not for signing CRLs",
  wrong_signature: 'its signature is wrong',
  number_missing: 'it has no crlNumber',
  critical_extension: 'it has a critical extension that is not known here',
  from_the_future: 'its thisUpdate is yet to come, check the clock',
  out_of_date: 'its nextUpdate has passed or is missing, download it again',
};

/** Octets; what is longer is for `openssl crl`. */
const MAX_CRL = 1024 ** 3;
/** The first octet of DER. */
const SEQUENCE = 0x30;

/** @throws CliError `failed` when the CRL cannot be relied upon */
export async function checkCrl(context: Context, options: CrlOptions): Promise<CheckedCrl> {
  const authority = parseCertificate((await readCertificate(context, options.issuer)).raw);
  const certificate = options.certificate && (await readCertificate(context, options.certificate));
  const der = await readCrl(context, options);
  try {
    const crl = parseCrl(der);
    const verified = verifyCrl(crl, { authority, now: context.terminal.clock.now() });
    if (!verified.ok)
      throw new CliError('failed', `The CRL cannot be relied upon: ${WHY[verified.refusal]} (${verified.refusal}).`);
    return {
      der,
      // `verifyCrl` refuses a CRL without them.
      number: crl.crlNumber!,
      thisUpdate: crl.thisUpdate,
      nextUpdate: crl.nextUpdate!,
      entries: verified.entries,
      sha256: Buffer.from(digest('sha256', der)).toString('hex'),
      ...(certificate && {
        certificate: includes(crl.entries, serialNumberOf(certificate)) ? 'revoked' : 'not revoked',
      }),
    };
  } catch (cause) {
    if (!(cause instanceof CrlError)) throw cause;
    throw new CliError('failed', cause.message, { cause });
  }
}

function includes(entries: ReturnType<typeof parseCrl>['entries'], serialNumber: string): boolean {
  for (const entry of entries) if (serialNumberHex(entry.serialNumber) === serialNumber) return true;
  return false;
}

/** DER, or the same as PEM. */
async function readFile(context: Context, file: string): Promise<Uint8Array> {
  const octets = await context.read(file, MAX_CRL);
  if (octets[0] === SEQUENCE) return octets;
  try {
    return decodePem('X509 CRL', octets.toString('latin1'));
  } catch (cause) {
    if (!(cause instanceof X509Error)) throw cause;
    throw new CliError('usage', `${file === '-' ? 'stdin' : file} holds no CRL (DER or PEM).`, { cause });
  }
}

async function readCrl(context: Context, { authority, file }: CrlOptions): Promise<Uint8Array> {
  if (file !== undefined && authority === undefined) return readFile(context, file);
  if (authority === undefined || file !== undefined) {
    throw new CliError('usage', 'Name the CRL by --authority ID (it is downloaded), or by --file FILE.');
  }
  const service = 'CRL publisher';
  const url = new URL(`${context.address('crlUrl').replace(/\/$/, '')}/${encodeURIComponent(authority)}.crl`);
  const answer = await exchange({ service, url, method: 'GET', headers: {}, tls: context.publicTls() });
  const body = await readAnswer({ service, url }, answer);
  if (answer.status === 200) return body;
  throw new ServiceCallError('refused', `The ${service} answers HTTP ${answer.status} for ${url.href}.`);
}
