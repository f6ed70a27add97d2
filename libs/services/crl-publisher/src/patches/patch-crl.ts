import type { ObjectStore } from '@kakunin/objects';
import {
  type CrlDescriptor,
  crlKey,
  type CrlPatch,
  crlPointer,
  type CrlVersion,
  decodeCrlDescriptor,
  decodePatchList,
  descriptorKeyOf,
  encodePatchList,
  patchKey,
  type PatchList,
  patchListKey,
  patchListPointer,
  type PatchPolicy,
  patchSources,
} from '@kakunin/publication';
import { readAll } from '../read-all.ts';
import { makePatch } from './make-patch.ts';

/** How patches are made. */
export interface PatchOptions extends PatchPolicy {
  /** Of larger CRLs none are made: memory grows with them. Octets. */
  readonly maximumBytes: number;
}

export interface PatchedCrl {
  readonly descriptor: CrlDescriptor;
  readonly patches: readonly CrlPatch[];
}

/**
 * Makes the patches to one CRL, if it is still the newest of its series, and lists them, all at once.
 * @param key of the CRL
 * @returns undefined when another CRL is the newest, or somebody else has listed its patches
 * @throws ObjectError
 */
export async function patchCrl(
  store: ObjectStore,
  key: string,
  { maximumBytes, ...policy }: PatchOptions,
): Promise<PatchedCrl | undefined> {
  const descriptor = await describe(store, key);
  if (!descriptor || (await store.target(crlPointer(descriptor))) !== key) return undefined;
  const before = await readList(store, descriptor);
  if (before.list && before.list.crlNumber >= descriptor.crlNumber) return undefined;
  const sources = patchSources(before.list?.versions ?? [], policy, descriptor.publishedAt);
  const patches: CrlPatch[] = [];
  for (const from of descriptor.bytes <= maximumBytes ? sources : []) {
    const patch = from.bytes <= maximumBytes ? await patchFrom(store, descriptor, from) : undefined;
    if (patch) patches.push(patch);
  }
  const versions = [versionOf(descriptor), ...sources];
  const list: PatchList = { crlNumber: descriptor.crlNumber, patches, versions };
  const isListed = await replaceList(store, descriptor, { key: before.key, list });
  return isListed ? { descriptor, patches } : undefined;
}

async function patchFrom(store: ObjectStore, to: CrlDescriptor, from: CrlVersion): Promise<CrlPatch | undefined> {
  const [old, next] = [await store.open(crlKey(to, from.crlNumber)), await store.open(crlKey(to, to.crlNumber))];
  if (!old || !next) return undefined;
  const key = patchKey(to, to.crlNumber, from.crlNumber);
  const made = await makePatch({
    store,
    from: { content: old, sha256: from.sha256 },
    to: { content: next, sha256: to.sha256 },
    key,
  });
  return made && { from: from.crlNumber, url: `/${key}`, ...made };
}

const versionOf = ({ crlNumber, scheduled, publishedAt, bytes, sha256 }: CrlDescriptor): CrlVersion => ({
  crlNumber,
  scheduled,
  publishedAt,
  bytes,
  sha256,
});

async function describe(store: ObjectStore, key: string): Promise<CrlDescriptor | undefined> {
  const content = await store.open(descriptorKeyOf(key));
  return content && decodeCrlDescriptor((await readAll(content)).toString());
}

/** The newest list of the series, which is that of an earlier CRL. */
async function readList(store: ObjectStore, series: CrlDescriptor): Promise<{ key?: string; list?: PatchList }> {
  const key = await store.target(patchListPointer(series));
  const content = key === undefined ? undefined : await store.open(key);
  if (key === undefined) return {};
  return content ? { key, list: decodePatchList((await readAll(content)).toString()) } : { key };
}

async function replaceList(
  store: ObjectStore,
  series: CrlDescriptor,
  { key: before, list }: { readonly key: string | undefined; readonly list: PatchList },
): Promise<boolean> {
  const key = patchListKey(series, list.crlNumber);
  // What lies there already is another publisher's list of the same patches.
  await store.put(key, encodePatchList(list));
  return store.point(patchListPointer(series), key, before ?? null);
}
