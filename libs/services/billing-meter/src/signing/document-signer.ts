import { ConfigError } from '@kakunin/runtime';
import { DocumentSigner } from '@kakunin/signing-keys';

/** @throws ConfigError that says how to make a key */
export function readDocumentSigner(file: string): DocumentSigner {
  try {
    return DocumentSigner.read(file);
  } catch (error) {
    throw new ConfigError('billing-meter', [`KAKUNIN_BILLING_SIGNING_KEY_FILE: ${(error as Error).message}`]);
  }
}
