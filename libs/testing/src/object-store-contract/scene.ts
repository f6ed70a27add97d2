import type { Chunks, ObjectStore, OctetRange } from '@kakunin/objects';

/** An adapter of `ObjectStore` and what surrounds it. */
export interface ObjectStoreUnderTest {
  /** Opens an empty store; the second function opens the same one as another process would. */
  empty(): Promise<readonly [ObjectStore, () => Promise<ObjectStore>]>;
  /** A store that was opened, and whose storage has gone away since. */
  away(): Promise<ObjectStore>;
}

interface Readable {
  read(range?: OctetRange): AsyncIterable<Uint8Array>;
}

export async function octetsOf(content: Readable | undefined, range?: OctetRange): Promise<string | undefined> {
  if (!content) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of content.read(range)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

export async function write(store: ObjectStore, key: string, content: string | Chunks): Promise<void> {
  const staged = await store.stage(typeof content === 'string' ? [Buffer.from(content)] : content);
  try {
    await staged.publish(key);
  } finally {
    await staged.discard();
  }
}

export async function keysOf(store: ObjectStore, prefix: string, after?: string): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix, after)) keys.push(key);
  return keys;
}
