import { applyPatch } from './apply-patch.ts';
import { Failure } from './failure.ts';
import { inspectCrl, requireListed, type Wanted } from './inspect-crl.ts';
import type { ListedCrl, ListedPatch } from './listed-crls.ts';
import type { Publisher } from './publisher.ts';
import type { CrlPart, CrlSyncInput, StoredCrl, SyncedCrl } from './types.ts';

export interface FetchOptions extends Pick<CrlSyncInput, 'store' | 'onProgress'> {
  readonly publisher: Publisher;
  readonly maxBytes: number;
  readonly now: () => number;
}

/** Brings one file up to date. @throws Failure; what the store throws */
export async function fetchCrl(wanted: Wanted, options: FetchOptions): Promise<SyncedCrl> {
  const { crl, authority } = wanted;
  const { store, now, maxBytes } = options;
  if (crl.bytes > maxBytes) throw new Failure('refused', 'The CRL is larger than maxBytes.');
  const present = await store.open(crl.name);
  const known = present && (await inspectCrl(present));
  const about = describe(crl);
  if (known?.sha256 === crl.sha256) {
    requireListed(known, wanted, now());
    return { ...about, transferred: 0, outcome: 'current' };
  }
  // A file that its authority did not sign is as good as none, and holds nothing up.
  if (known?.report?.isSignedBy(authority.publicKey) && (known.crlNumber ?? 0n) >= crl.crlNumber) {
    throw new Failure('went_back', 'The manifest lists no newer CRL than the one that is here, and another one.');
  }
  const patch = crl.patches.find(({ from }) => from === known?.crlNumber);
  const patched = patch && present && (await patchedFrom({ present, patch }, wanted, options));
  if (patched !== undefined) return { ...about, transferred: patched, outcome: 'patched' };
  return { ...about, transferred: await downloaded(wanted, options), outcome: 'downloaded' };
}

/** @returns octets that were downloaded; undefined when the patch is gone, damaged or of no use: then the whole is due */
async function patchedFrom(
  { present, patch }: { readonly present: StoredCrl; readonly patch: ListedPatch },
  wanted: Wanted,
  options: FetchOptions,
): Promise<number | undefined> {
  const { store, publisher, now } = options;
  const { crl } = wanted;
  const part = await store.part(crl.name, `patched-${crl.sha256}`);
  try {
    if (part.bytes > 0) return undefined;
    const { octets } = await publisher.download(patch.url);
    const counted = limited(octets, { crl, form: 'patch', from: 0, totalBytes: patch.bytes }, options);
    await part.append(applyPatch({ patch: counted, sha256: patch.sha256, dictionary: present, bytes: crl.bytes }));
    requireListed(await inspectCrl(part), wanted, now());
    await part.commit();
    return patch.bytes;
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  } finally {
    await part.remove();
  }
}

/** Goes on where an earlier run was interrupted. @returns octets that were downloaded */
async function downloaded(wanted: Wanted, options: FetchOptions): Promise<number> {
  const { crl } = wanted;
  const { store, publisher, now } = options;
  let part = await store.part(crl.name, crl.sha256);
  if (part.bytes > crl.bytes) part = await emptied(part, crl, options);
  let start = part.bytes;
  if (start < crl.bytes) {
    const download = await publisher.download(crl.immutableUrl, start);
    if (download.start !== start) part = await emptied(part, crl, options);
    start = download.start;
    const expected = { crl, form: 'whole', from: start, totalBytes: crl.bytes } as const;
    await part.append(limited(download.octets, expected, options));
  }
  try {
    requireListed(await inspectCrl(part), wanted, now());
  } catch (error) {
    // Going on with it would lead to the same.
    await part.remove();
    throw error;
  }
  await part.commit();
  return crl.bytes - start;
}

async function emptied(part: CrlPart, crl: ListedCrl, { store }: FetchOptions): Promise<CrlPart> {
  await part.remove();
  return store.part(crl.name, crl.sha256);
}

interface Expected {
  readonly crl: ListedCrl;
  readonly form: 'patch' | 'whole';
  readonly from: number;
  readonly totalBytes: number;
}

/** Tells of progress, and believes no more than was announced. */
async function* limited(
  octets: AsyncIterable<Uint8Array>,
  { crl, form, from, totalBytes }: Expected,
  { onProgress }: FetchOptions,
): AsyncGenerator<Uint8Array> {
  let bytes = from;
  for await (const piece of octets) {
    bytes += piece.length;
    if (bytes > totalBytes) throw new Failure('damaged', 'More came than the manifest says.');
    onProgress?.({ name: crl.name, form, bytes, totalBytes });
    yield piece;
  }
  if (bytes < totalBytes) throw new Failure('unreachable', 'The publisher broke off.');
}

const describe = ({ name, authorityId, partition, kind, crlNumber, nextUpdate, bytes }: ListedCrl) => ({
  name,
  authorityId,
  ...(partition !== undefined && { partition }),
  kind,
  crlNumber,
  nextUpdate,
  bytes,
});
