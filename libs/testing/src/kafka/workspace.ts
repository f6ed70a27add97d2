import { fileURLToPath } from 'node:url';

/** Where tests keep what they download once; not in git. */
export const cacheDirectory: string = fileURLToPath(new URL('../../../../.cache', import.meta.url));
