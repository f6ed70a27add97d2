import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const FOLDER = new URL('.', import.meta.url);

/** All but the command and the tests. */
const modules = readdirSync(FOLDER).filter((file) => /^(?!main\.)[a-z-]+\.ts$/.test(file));

test.each(modules)('k6 can import %s: it rests on nothing but modules beside it', (file) => {
  const text = readFileSync(new URL(file, FOLDER), 'utf8');
  const imported = [...text.matchAll(/\bfrom '([^']+)'|\bimport\(|^import '/gm)].map(([, path]) => path);
  for (const path of imported) expect(path).toMatch(/^\.\/[a-z-]+\.ts$/);
  expect(text).not.toMatch(/\b(process|Buffer|globalThis|Date|console|Math\.random|Intl|toLocale\w+)\b/);
});

test('there are modules to look at', () => {
  expect(modules).toContain('capacity.ts');
  expect(modules.length).toBeGreaterThan(12);
});
