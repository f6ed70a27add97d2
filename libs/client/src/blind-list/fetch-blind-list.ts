import { BlindListClientError } from './blind-list-client-error.ts';
import type { BlindListFiles, BlindListSource, FetchedBlindListFile, SignedBlindList } from './types.ts';

interface ListedFile {
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
}

const URL_PATH = /^\/blind-list\/[a-z0-9-]+\/\d+(\.delta)?\.kbl$/;

/**
 * Downloads the newest list of an authority and the deltas since, as the publisher's signed manifest names them; of what is
 * known already, only what is new. Needs nothing of Node: it works in browsers.
 * @throws BlindListClientError `unreachable`, `malformed_manifest`, `not_listed`, `signature_invalid`
 */
export async function fetchBlindList(source: BlindListSource): Promise<BlindListFiles> {
  const { crypto, authorityId, known } = source;
  const manifest = await get(source, '/crl/manifest.json');
  const sha256 = hex(await crypto.sha256(manifest));
  const signature = await get(source, `/crl/manifests/${sha256}.json.sig`);
  if (!(await crypto.verify(manifest, signature))) throw invalid('The manifest is not signed by the publisher.');
  const listed = listedIn(manifest, authorityId);
  if (!listed) throw new BlindListClientError('not_listed', 'The publisher has no blind list of this authority.');
  const present = new Map((known ? [known.full, ...known.deltas] : []).map((file) => [file.url, file]));
  const files: FetchedBlindListFile[] = [];
  for (const file of listed) files.push(present.get(file.url) ?? { url: file.url, ...(await fetchFile(source, file)) });
  const [full, ...deltas] = files;
  if (!full) throw malformed();
  return { full, deltas };
}

async function fetchFile(source: BlindListSource, { url, sha256 }: ListedFile): Promise<SignedBlindList> {
  const [octets, signature] = await Promise.all([get(source, url), get(source, `${url}.sig`)]);
  if (hex(await source.crypto.sha256(octets)) === sha256) return { octets, signature };
  throw invalid('What came is not the list that the manifest names.');
}

async function get({ url, download = downloadByFetch }: BlindListSource, path: string): Promise<Uint8Array> {
  try {
    return await download(`${url.replace(/\/crl\/?$/, '').replace(/\/$/, '')}${path}`);
  } catch (cause) {
    throw new BlindListClientError('unreachable', `The publisher does not give ${path}.`, { cause });
  }
}

async function downloadByFetch(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

function listedIn(manifest: Uint8Array, authorityId: string): readonly ListedFile[] | undefined {
  try {
    const { blindLists = [] } = JSON.parse(new TextDecoder().decode(manifest)) as {
      blindLists?: readonly { authorityId: string; full: ListedFile; deltas: readonly ListedFile[] }[];
    };
    const list = blindLists.find((one) => one.authorityId === authorityId);
    const files = list && [list.full, ...list.deltas];
    if (files?.some(({ url }) => !URL_PATH.test(url))) throw malformed();
    return files;
  } catch (cause) {
    throw cause instanceof BlindListClientError ? cause : malformed(cause);
  }
}

const hex = (octets: Uint8Array): string => Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('');

const invalid = (message: string): BlindListClientError => new BlindListClientError('signature_invalid', message);
const malformed = (cause?: unknown): BlindListClientError =>
  new BlindListClientError('malformed_manifest', 'The manifest is not one that can be read here.', { cause });
