import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../../../..');
const NOT_OURS = new Set(['node_modules', 'dist', 'generated', 'campaign-reports']);

function* filesBelow(directory: string): Generator<string> {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isFile()) yield path;
    else if (entry.isDirectory() && !NOT_OURS.has(entry.name) && !entry.name.startsWith('.')) yield* filesBelow(path);
  }
}

export interface TextFile {
  readonly path: string;
  readonly text: string;
}

const files = [...filesBelow(root)];
const read = (pattern: RegExp): TextFile[] =>
  files.filter((path) => pattern.test(path)).map((path) => ({ path, text: readFileSync(path, 'utf8') }));

/** What people read. */
export const documents = read(/\.md$/);
/** Samples that people copy. */
export const samples = read(/\/deploy\/.*\.(conf|yaml)$/);
export const sources = read(/\.ts$/);

/** The first group of each match. */
export const found = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, name = '']) => name);

/** A document by its path from the root. */
export function textOf(path: string): string {
  const document = documents.find((each) => each.path === join(root, path));
  if (!document) throw new Error(`There is no document ${path}.`);
  return document.text;
}
