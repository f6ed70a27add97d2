export * from './crl-descriptor.ts';
export * from './crl-keys.ts';
export * from './listed-entries.ts';
export * from './publication-error.ts';
export * from './timing.ts';
