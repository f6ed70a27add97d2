import type { StoredObject } from '@kakunin/objects';

/** Whether an object, a small one, consists of exactly these octets. */
export async function isEqual(object: StoredObject, octets: Uint8Array): Promise<boolean> {
  if (object.bytes !== octets.length) return false;
  const chunks: Uint8Array[] = [];
  for await (const chunk of object.read()) chunks.push(chunk);
  return Buffer.concat(chunks).equals(octets);
}
