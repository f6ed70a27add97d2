import { pipeline, Readable } from 'node:stream';
import type { Chunks, ObjectStore, StagedObject } from '@kakunin/objects';
import { AT_ONCE } from './in-hand.ts';
import { readAll } from './read-all.ts';
import { type Coding, CODINGS } from './serving/content-coding.ts';

/** What fits into one packet comes no sooner when it is smaller; most deltas do. Octets. */
const ONE_PACKET = 1_400;

/** Lays the encodings of a CRL beside the place that it is to have; each only where it is smaller. */
export async function publishEncodings(
  store: Pick<ObjectStore, 'stage'>,
  crl: StagedObject,
  key: string,
): Promise<void> {
  if (crl.bytes <= ONE_PACKET) return;
  const octets = crl.bytes <= AT_ONCE ? await readAll(crl) : undefined;
  const encode = async (coding: Coding): Promise<Chunks | undefined> => {
    if (!octets) return pipeline(Readable.from(crl.read()), coding.encoder(), () => undefined);
    const encoded = await coding.encode(octets);
    return encoded.length < octets.length ? [encoded] : undefined;
  };
  await Promise.all(
    CODINGS.map(async (coding) => {
      const encoded = await encode(coding);
      if (encoded) await publishSmaller(await store.stage(encoded), crl, key + coding.extension);
    }),
  );
}

async function publishSmaller(encoded: StagedObject, { bytes }: StagedObject, key: string): Promise<void> {
  try {
    if (encoded.bytes < bytes) await encoded.publish(key);
  } finally {
    await encoded.discard();
  }
}
