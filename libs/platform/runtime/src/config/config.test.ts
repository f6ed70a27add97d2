import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigError } from './config-error.ts';
import { defineConfig } from './define-config.ts';
import { describeConfig, redactConfig } from './describe-config.ts';
import { readConfig } from './read-config.ts';

const definition = defineConfig({
  service: 'sample',
  prefix: 'KAKUNIN_SAMPLE_',
  managementPort: 9_100,
  schema: z.object({
    plainPort: z.coerce.number().int().default(8_081).describe('Any free port.'),
    rootKey: z.string().min(8).describe('Make one with openssl rand.').meta({ secret: true }),
    mode: z.enum(['a', 'b']).default('a').describe('Take b at sea.').meta({ env: 'SAMPLE_MODE' }),
    receipts: z.stringbool().default(true).describe('Off saves time.'),
    names: z.string().default('').describe('With commas between.'),
  }),
});

it('reads names, defaults and overrides', () => {
  const config = readConfig(definition, { KAKUNIN_SAMPLE_ROOT_KEY: 'long enough', SAMPLE_MODE: 'b' });
  expect(config).toMatchObject({
    plainPort: 8_081,
    rootKey: 'long enough',
    mode: 'b',
    managementPort: 9_100,
    logLevel: 'info',
  });
});

it('reads a value from the file that the _FILE form names, without its line end', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'kakunin-config-')), 'key');
  writeFileSync(file, 'from the file\n');
  expect(readConfig(definition, { KAKUNIN_SAMPLE_ROOT_KEY_FILE: file }).rootKey).toBe('from the file');
});

it('lists everything wrong at once, each with how to choose it', () => {
  const read = (): unknown => readConfig(definition, { KAKUNIN_SAMPLE_PLAIN_PORT: 'many', SAMPLE_MODE: '' });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(/KAKUNIN_SAMPLE_PLAIN_PORT: .*Any free port\./);
  expect(read).toThrow(/KAKUNIN_SAMPLE_ROOT_KEY: is required\. Make one with openssl rand\./);
});

it('says which file could not be read', () => {
  expect(() => readConfig(definition, { KAKUNIN_SAMPLE_ROOT_KEY_FILE: '/no/such' })).toThrow(
    /KAKUNIN_SAMPLE_ROOT_KEY_FILE: ENOENT/,
  );
});

it('never shows a secret, and shows all else by its variable', () => {
  const config = readConfig(definition, { KAKUNIN_SAMPLE_ROOT_KEY: 'long enough' });
  const shown = redactConfig(definition, config);
  expect(shown).toMatchObject({
    KAKUNIN_SAMPLE_ROOT_KEY: '[redacted]',
    KAKUNIN_SAMPLE_PLAIN_PORT: 8_081,
    SAMPLE_MODE: 'a',
  });
  expect(JSON.stringify(shown)).not.toContain('long enough');
});

it('describes each option in a row', () => {
  const text = describeConfig(definition);
  expect(text).toContain('| `KAKUNIN_SAMPLE_PLAIN_PORT` | integer | `8081` | Any free port. |');
  expect(text).toContain(
    '| `KAKUNIN_SAMPLE_ROOT_KEY` | string | **required** | Make one with openssl rand. Secret: prefer',
  );
  expect(text).toContain('| `SAMPLE_MODE` | `a`, `b` | `a` | Take b at sea. |');
  expect(text).toContain('| `KAKUNIN_SAMPLE_RECEIPTS` | boolean | `true` | Off saves time. |');
  expect(text).toContain('| `KAKUNIN_SAMPLE_NAMES` | string | none | With commas between. |');
});
