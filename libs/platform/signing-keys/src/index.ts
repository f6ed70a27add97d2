export { DocumentSigner } from './document-signer.ts';
export { fileVersion } from './file-version.ts';
export { foldersIn } from './folders-in.ts';
export { pemSigningKey, signingKeyOf } from './pem-signing-key.ts';
export { openTokenCipher, type TokenCipher } from './pkcs11/token-cipher.ts';
export { type CredentialChange, type PairReview, SigningCredentials } from './signing-credentials.ts';
export type { SigningPair } from './signing-pair.ts';
export { Watch } from './watch.ts';
