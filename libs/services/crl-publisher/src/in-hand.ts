import type { OctetRange, StoredObject } from '@kakunin/objects';
import { readAll } from './read-all.ts';

/** Up to here what is read several times is read from the store once, as nearly all partitions are. Octets. */
export const AT_ONCE = 1024 * 1024;

/** Content of the store that is about to be read several times: what is small lies in memory from here on. */
export async function inHand<T extends Pick<StoredObject, 'bytes' | 'read'>>(content: T): Promise<T> {
  if (content.bytes > AT_ONCE) return content;
  const octets = await readAll(content);
  const read = async function* ({ start, end = octets.length }: OctetRange = { start: 0 }): AsyncGenerator<Uint8Array> {
    if (start < end) yield octets.subarray(start, end);
  };
  return { ...content, read };
}
