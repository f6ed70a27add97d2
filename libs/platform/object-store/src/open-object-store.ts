import { ObjectError, type ObjectStore } from '@kakunin/objects';
import { DirectoryObjectStore } from './directory/directory-object-store.ts';
import { parseStoreUrl } from './store-url.ts';

/** Opens the store that a URL names, see `parseStoreUrl`. @throws ObjectError `store_unavailable` */
export async function openObjectStore(url: string): Promise<ObjectStore> {
  const location = parseStoreUrl(url);
  if (location?.kind === 'directory') return DirectoryObjectStore.at(location.directory);
  if (!location) {
    throw new ObjectError('store_unavailable', 'The object store must be file:<directory> or s3://<bucket>/<prefix>.');
  }
  // The SDK is large: whoever has a directory need not load it.
  const { S3ObjectStore } = await import('./s3/s3-object-store.ts');
  return S3ObjectStore.at(location);
}
