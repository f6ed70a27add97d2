import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { documents, found, root, samples, sources, textOf } from './testing/tree.ts';

const code = sources.map(({ text }) => text).join('\n');

interface Link {
  readonly from: string;
  /** A file, or the document itself. */
  readonly to: string;
  readonly anchor: string | undefined;
}

const links: readonly Link[] = documents.flatMap(({ path, text }) =>
  [...text.matchAll(/\]\(([^)#\s]*)(?:#([^)\s]+))?\)/g)]
    .filter(([, target = '']) => !/^[a-z]+:/.test(target))
    .map(([, target = '', anchor]) => ({ from: path, to: target ? join(dirname(path), target) : path, anchor })),
);
const shown = ({ from, to, anchor }: Link): string =>
  `${relative(root, from)}: ${relative(root, to)}${anchor ? `#${anchor}` : ''}`;

it('no document links to a file that is not there', () => {
  expect(links.length).toBeGreaterThan(100);
  expect(links.filter(({ to }) => !existsSync(to)).map(shown)).toEqual([]);
});

it('no document links to a heading that is not there', () => {
  const anchorOf = (heading: string): string =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-');
  const headings = ({ to }: Link): string[] => found(textOf(relative(root, to)), /^#+ (.*)$/gm).map(anchorOf);
  expect(links.filter((link) => link.anchor && !headings(link).includes(link.anchor)).map(shown)).toEqual([]);
});

it('every page of docs and deploy is reached from README.md; else put it into docs/README.md', () => {
  const reached = new Set([join(root, 'README.md')]);
  // A set goes on with what is added meanwhile.
  for (const page of reached) for (const { from, to } of links) if (from === page) reached.add(to);
  const pages = documents.map(({ path }) => relative(root, path)).filter((path) => /^(docs|deploy)\//.test(path));
  expect(pages.filter((page) => !reached.has(join(root, page)))).toEqual([]);
});

it('no document names a metric that no code has', () => {
  const named = documents.flatMap(({ text }) => found(text, /`(kakunin_[a-z_]+)/g));
  expect(named.filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
});

it('no document and no sample names an option that no code reads', () => {
  const options = /\b(KAKUNIN_[A-Z_]+[A-Z])\b/g;
  const known = new Set(found(textOf('docs/reference/configuration.md'), options));
  const named = [...documents, ...samples].flatMap(({ text }) => found(text, options));
  expect(named.filter((name) => !known.has(name) && !code.includes(name))).toEqual([]);
});

it('samples go to the ports that services take by themselves', () => {
  const ports = new Set(found(textOf('docs/reference/configuration.md'), /_PORT` \| integer \| `(\d+)`/g));
  const named = samples.flatMap(({ text }) => found(text, /\b127\.0\.0\.1:(\d+)/g));
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((port) => !ports.has(port))).toEqual([]);
});

it('the glossary explains each word once', () => {
  const words = found(textOf('docs/glossary.md'), /^\| ([^|]+?) +\|/gm);
  expect(words.filter((word, at) => words.indexOf(word) !== at)).toEqual([]);
});

it('every runbook that code or a document names is there', () => {
  const runbooks = new Set(readdirSync(join(root, 'docs/runbooks')).map((name) => basename(name, '.md')));
  const named = [...sources, ...documents].flatMap(({ text }) => found(text, /\brunbooks?[ /]([a-z]+-[a-z-]+)/g));
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !runbooks.has(name))).toEqual([]);
});
