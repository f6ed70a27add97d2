import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { certificateDigestKey } from './certificate-digest-key.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kakunin-digest-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('the first start makes a key that only the owner reads; the next one reads it', () => {
  const file = join(directory, 'made', 'certificate-digest.key');
  const key = certificateDigestKey(file);
  expect(key).toHaveLength(32);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(certificateDigestKey(file)).toEqual(key);
});

test('a key file cut short is refused, not replaced', () => {
  const file = join(directory, 'certificate-digest.key');
  writeFileSync(file, 'short');
  expect(() => certificateDigestKey(file)).toThrow(/32 octets/);
});
