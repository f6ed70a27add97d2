import { OBJECT_STORE } from '@kakunin/object-store';
import type { ObjectStore } from '@kakunin/objects';
import { ConfigError } from '@kakunin/runtime';
import { DocumentSigner } from '@kakunin/signing-keys';
import type { Provider } from '@nestjs/common';
import { PublishedManifest } from './published-manifest.ts';

/** The key that signs what is published beside CRLs, and the manifest. */
export const provideManifest = ({ manifestKeyFile }: { readonly manifestKeyFile: string }): Provider[] => [
  { provide: DocumentSigner, useFactory: () => readSigner(manifestKeyFile) },
  {
    provide: PublishedManifest,
    inject: [OBJECT_STORE, DocumentSigner],
    useFactory: (store: ObjectStore, signer: DocumentSigner) => new PublishedManifest(store, signer),
  },
];

/** @throws ConfigError that says how to make a key */
function readSigner(file: string): DocumentSigner {
  try {
    return DocumentSigner.read(file);
  } catch (error) {
    throw new ConfigError('crl-publisher', [`KAKUNIN_CRL_MANIFEST_KEY_FILE: ${(error as Error).message}`]);
  }
}
