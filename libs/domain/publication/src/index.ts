export * from './crl-descriptor.ts';
export * from './crl-keys.ts';
export * from './dcz.ts';
export * from './listed-entries.ts';
export * from './patch-keys.ts';
export * from './patch-list.ts';
export * from './publication-error.ts';
export * from './timing.ts';
