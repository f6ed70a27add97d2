export * from './pem-signing-key.ts';
export * from './signing-credential.ts';
export * from './signing-credentials.ts';
