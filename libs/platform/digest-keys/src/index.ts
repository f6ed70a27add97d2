export { createDigestKey } from './key-files.ts';
export { DigestKeyDirectory } from './digest-key-directory.ts';
export type { DigestKeyDirectoryInput } from './digest-key-directory.ts';
export type { DigestKey } from './digest-key.ts';
