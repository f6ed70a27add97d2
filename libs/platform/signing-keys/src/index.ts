export { pemSigningKey, signingKeyOf } from './pem-signing-key.ts';
export { SigningCredentials } from './signing-credentials.ts';
