export * from './compare-crls.ts';
export * from './crl-error.ts';
export * from './encode-crl.ts';
export * from './parse-crl.ts';
export * from './read-entry.ts';
export * from './revoked-certificate.ts';
export * from './verify-crl.ts';
