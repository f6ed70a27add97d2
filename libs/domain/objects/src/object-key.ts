import { ObjectError } from './object-error.ts';

const KEY = /^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/;
const MAXIMUM_LENGTH = 512;

/**
 * Checks the name of an object or pointer: segments of `a-z 0-9 . _ -` that begin with a letter or digit, joined by
 * `/`, 512 characters at most. Such a name is a safe path, URL path and S3 key at once.
 * @throws ObjectError `invalid_key`
 */
export function checkKey(key: string): string {
  if (key.length > MAXIMUM_LENGTH || !KEY.test(key)) {
    throw new ObjectError('invalid_key', 'An object key consists of lower-case segments joined by "/".');
  }
  return key;
}

/** Checks that a key could begin so: with nothing, with whole segments and `/`, or within a segment. @throws ObjectError `invalid_key` */
export function checkPrefix(prefix: string): string {
  if (prefix !== '') checkKey(prefix.replace(/\/$/, ''));
  return prefix;
}
