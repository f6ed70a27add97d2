export { pemSigningKey, signingKeyOf } from './pem-signing-key.ts';
export { type CredentialChange, type PairReview, SigningCredentials } from './signing-credentials.ts';
export { fileVersion, type SigningPair } from './signing-pair.ts';
export { Watch } from './watch.ts';
