import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { commandLine } from './testing/command-line.ts';

it('is what docs/reference/cli.md says (else: npx kakunin reference > docs/reference/cli.md)', async () => {
  const { stdout } = await commandLine()('reference');
  expect(readFileSync(new URL('../../../docs/reference/cli.md', import.meta.url), 'utf8')).toBe(stdout);
});
