import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const NOT_OURS = new Set(['node_modules', 'dist', 'generated']);

function* filesBelow(directory: string): Generator<string> {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isFile()) yield path;
    else if (entry.isDirectory() && !NOT_OURS.has(entry.name) && !entry.name.startsWith('.')) yield* filesBelow(path);
  }
}

const files = [...filesBelow(root)];
const documents = files
  .filter((path) => path.endsWith('.md'))
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
const sources = files
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
const code = sources.map(({ text }) => text).join('\n');
const found = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, name = '']) => name);

it('no document links to a file that is not there', () => {
  const dead = documents.flatMap(({ path, text }) =>
    found(text, /\]\(([^)#\s]+)[^)]*\)/g)
      .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(dirname(path), target)))
      .map((target) => `${relative(root, path)}: ${target}`),
  );
  expect(dead).toEqual([]);
});

it('no document names a metric that no code has', () => {
  const named = documents.flatMap(({ text }) => found(text, /`(kakunin_[a-z_]+)/g));
  expect(named.filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
});

it('no document names an option that no code reads', () => {
  const options = /\b(KAKUNIN_[A-Z_]+[A-Z])\b/g;
  const known = new Set(found(readFileSync(join(root, 'docs/reference/configuration.md'), 'utf8'), options));
  const named = documents.flatMap(({ text }) => found(text, options));
  expect(named.filter((name) => !known.has(name) && !code.includes(name))).toEqual([]);
});

it('every runbook that code or a document names is there', () => {
  const runbooks = new Set(readdirSync(join(root, 'docs/runbooks')).map((name) => basename(name, '.md')));
  const named = [...sources, ...documents].flatMap(({ text }) => found(text, /\brunbooks?[ /]([a-z]+-[a-z-]+)/g));
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !runbooks.has(name))).toEqual([]);
});
