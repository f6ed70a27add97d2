import { CrlSyncError } from './crl-sync-error.ts';

/** What this package needs of a line of the manifest (docs/reference/crl.md). */
export interface ListedCrl {
  readonly name: string;
  readonly authorityId: string;
  readonly partition?: string;
  readonly kind: 'complete' | 'delta';
  readonly crlNumber: bigint;
  readonly baseCrlNumber?: bigint;
  /** Epoch ms. */
  readonly nextUpdate: number;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Path under which it was signed to lie. */
  readonly url: string;
  readonly immutableUrl: string;
  readonly patches: readonly ListedPatch[];
}

export interface ListedPatch {
  readonly from: bigint;
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
}

type Fields = Readonly<Record<string, unknown>>;

const NUMBER = /^\d{1,48}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const LABEL = /^[a-z0-9][a-z0-9-]{0,62}$/;
const URL_PATH = /^\/crl\/[a-z0-9][a-z0-9./-]*$/;

/**
 * Reads a manifest whose signature was verified; fields that are not known here are passed over.
 * @throws CrlSyncError `malformed_manifest`
 */
export function readManifest(octets: Uint8Array): readonly ListedCrl[] {
  try {
    const { crls } = JSON.parse(new TextDecoder().decode(octets)) as { crls: readonly Fields[] };
    return crls.map(crlOf);
  } catch (cause) {
    throw new CrlSyncError('malformed_manifest', 'The manifest is not one that can be read here.', { cause });
  }
}

function crlOf(fields: Fields): ListedCrl {
  const { partition, kind = 'complete', baseCrlNumber, patches = [] } = fields;
  const url = matching(fields['url'], URL_PATH);
  return {
    name: url.slice('/crl/'.length),
    authorityId: matching(fields['authorityId'], LABEL),
    ...(partition !== undefined && { partition: matching(partition, LABEL) }),
    kind: matching(kind, /^(complete|delta)$/) as ListedCrl['kind'],
    crlNumber: numberOf(fields['crlNumber']),
    ...(baseCrlNumber !== undefined && { baseCrlNumber: numberOf(baseCrlNumber) }),
    nextUpdate: instantOf(fields['nextUpdate']),
    bytes: sizeOf(fields['bytes']),
    sha256: matching(fields['sha256'], SHA256),
    url,
    immutableUrl: matching(fields['immutableUrl'], URL_PATH),
    patches: (patches as readonly Fields[]).map(patchOf),
  };
}

const patchOf = ({ from, url, bytes, sha256 }: Fields): ListedPatch => ({
  from: numberOf(from),
  url: matching(url, URL_PATH),
  bytes: sizeOf(bytes),
  sha256: matching(sha256, SHA256),
});

function matching(value: unknown, pattern: RegExp): string {
  if (typeof value === 'string' && pattern.test(value) && !value.includes('..')) return value;
  throw new TypeError('A field is not what it should be.');
}

const numberOf = (value: unknown): bigint => BigInt(matching(value, NUMBER));

function instantOf(value: unknown): number {
  const instant = Date.parse(String(value));
  if (Number.isNaN(instant)) throw new TypeError('A date is none.');
  return instant;
}

function sizeOf(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw new TypeError('A size is none.');
}
