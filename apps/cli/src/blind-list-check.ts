import { createHash, createPublicKey, type KeyObject, verify, X509Certificate } from 'node:crypto';
import {
  BlindListClientError,
  type BlindListCrypto,
  type BlindListInput,
  type BlindListResult,
  fetchBlindList,
  type OpenBlindList,
  openBlindList,
} from '@kakunin/client/blind-list';
import { readCertificate } from './certificate-file.ts';
import { CliError } from './cli-error.ts';
import type { Context } from './context.ts';

export interface BlindListOptions {
  readonly list?: string;
  readonly delta: readonly string[];
  /** In place of files: where the publisher's CRLs lie. */
  readonly url?: string;
  readonly authority?: string;
  readonly signingKey: string;
  readonly issuer: string;
}

/** What a list says, and which list it was. */
export interface BlindListCheck {
  readonly facts: OpenBlindList['facts'];
  readonly result: BlindListResult;
}

/** Octets; a nation has fifteen million. */
const MAX_LIST = 1024 ** 3;

/** @throws CliError `failed` when list or certificate cannot be relied upon */
export async function checkBlindList(
  context: Context,
  name: string,
  options: BlindListOptions,
): Promise<BlindListCheck> {
  const issuer = await readCertificate(context, options.issuer);
  const certificate = await readCertificate(context, name);
  if (!isIssuedBy(certificate, issuer)) {
    throw new CliError('failed', 'The --issuer did not issue this certificate: of such, a blind list knows nothing.');
  }
  try {
    const crypto = {
      sha256: (octets: Uint8Array) => createHash('sha256').update(octets).digest(),
      verify: verifier(await readKey(context, options.signingKey)),
    };
    const list = await openBlindList({ ...(await listOf(context, options, crypto)), crypto });
    const at = context.terminal.clock.now();
    return { facts: list.facts, result: await list.check({ certificate: certificate.raw, issuer: issuer.raw, at }) };
  } catch (cause) {
    if (!(cause instanceof BlindListClientError)) throw cause;
    throw new CliError(cause.code === 'unreachable' ? 'unreachable' : 'failed', `${cause.message} (${cause.code})`, {
      cause,
    });
  }
}

async function listOf(
  context: Context,
  { list, delta, url, authority }: BlindListOptions,
  crypto: BlindListCrypto,
): Promise<Omit<BlindListInput, 'crypto'>> {
  if (url !== undefined && authority !== undefined && list === undefined) {
    return fetchBlindList({ url, authorityId: authority, crypto });
  }
  if (list === undefined || url !== undefined || authority !== undefined) {
    throw new CliError('usage', 'Name the list by --list FILE, or by --url URL and --authority ID (it is downloaded).');
  }
  const deltas = await Promise.all(delta.map((file) => signed(context, file)));
  return { full: await signed(context, list), deltas };
}

const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

const verifier =
  (key: KeyObject) =>
  (octets: Uint8Array, signature: Uint8Array): boolean =>
    verify(null, octets, key, signature);

const signed = async (context: Context, file: string) => ({
  octets: await context.read(file, MAX_LIST),
  signature: await context.read(`${file}.sig`),
});

async function readKey(context: Context, file: string): Promise<KeyObject> {
  const pem = await context.read(file);
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (cause) {
    throw new CliError('usage', `${file} holds no public key (PEM).`, { cause });
  }
  throw new CliError('usage', `${file} holds no Ed25519 key.`);
}
