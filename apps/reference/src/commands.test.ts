import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { documents, found, root, textOf } from './testing/tree.ts';

/** The options of each command, from its section of the reference. */
const [, everywhere = '', ...sections] = textOf('docs/reference/cli.md').split(/^## /m);
const optionsIn = (text: string): string[] => found(text, /^\| `(?:-\w, )?(--[a-z-]+)/gm);
const commands = new Map(
  sections.map((text) => [text.slice(0, text.indexOf('\n')), new Set([...optionsIn(text), ...optionsIn(everywhere)])]),
);
const nouns = new Set([...commands.keys()].map((name) => name.split(' ')[0]));

interface Use {
  readonly where: string;
  readonly line: string;
  readonly words: readonly string[];
}

/** Every `kakunin …` of a document, continued lines joined, up to what the shell does with it. */
const uses: readonly Use[] = documents.flatMap(({ path, text }) =>
  found(text.replaceAll(/\\\n\s*/g, ' '), /(?<![\w@/.-])kakunin ([a-z][^`\n|;>]*)/g).map((line) => ({
    where: `${relative(root, path)}: kakunin ${line}`,
    line,
    words: line.trim().split(/\s+/),
  })),
);
const commandOf = ({ words }: Use): string | undefined =>
  [3, 2, 1].map((length) => words.slice(0, length).join(' ')).find((name) => commands.has(name));

it('no document shows a command that there is not', () => {
  expect(uses.length).toBeGreaterThan(100);
  // `kakunin persons`: a noun by itself; `kakunin webhooks rotate|remove`: several verbs.
  const isWhole = ({ words: [noun = '', verb] }: Use) =>
    nouns.has(noun) && verb !== undefined && /^[a-z-]+$/.test(verb);
  expect(uses.filter((use) => isWhole(use) && !commandOf(use)).map(({ where }) => where)).toEqual([]);
});

it('no document shows an option that its command has not', () => {
  const wrong = uses.flatMap((use) => {
    const options = commands.get(commandOf(use) ?? '');
    const given = found(use.line, /(?<=\s|\[)(--[a-z][a-z-]*)/g);
    return given.filter((option) => options && option !== '--help' && !options.has(option)).map(() => use.where);
  });
  expect(wrong).toEqual([]);
});

it('no document names an npm script, a campaign or a benchmark that there is not', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
  const named = (pattern: RegExp): string[] => documents.flatMap(({ text }) => found(text, pattern));
  expect(named(/\bnpm run ([a-z-]+)/g).filter((name) => !(name in scripts))).toEqual([]);
  const campaigns = readdirSync(join(root, 'loadtests/campaigns')).map((name) => name.replace('.ts', ''));
  expect(named(/npm run campaign -- ([a-z-]+)/g).filter((name) => ![...campaigns, 'prepare'].includes(name))).toEqual(
    [],
  );
  const benchmarks = found(
    readFileSync(join(root, 'benchmarks/src/main.ts'), 'utf8'),
    /from '\.\/[a-z]+\/([a-z-]+)\.ts'/g,
  );
  expect(named(/npm run benchmark -- ([a-z-]+)/g).filter((name) => !benchmarks.includes(name))).toEqual([]);
});
