import type { ObjectStore } from '@kakunin/objects';
import { crlKey } from '@kakunin/publication';
import { CrlArchive } from '../archive/crl-archive.ts';
import type { PublicationArchive } from '../archive/publication-archive.ts';
import { PublishedCrls } from '../published-crls.ts';

/** Writes the archive record of each CRL that is published; what goes wrong is thrown. */
export function recordsOf(store: ObjectStore): Pick<PublicationArchive, 'keep'> {
  const [published, archive] = [new PublishedCrls(store), new CrlArchive(store)];
  const at = async (key: string) => {
    const crl = await published.at(key);
    if (!crl) throw new Error('A published CRL is gone.');
    return crl;
  };
  return {
    keep: async (descriptor, previous) =>
      archive.append(
        await at(crlKey(descriptor, descriptor.crlNumber)),
        previous === undefined ? undefined : await at(previous),
      ),
  };
}
