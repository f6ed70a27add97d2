import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { workspace } from './support/processes.ts';

/** "Rules" of a reference: every rule of the protocol names a section of a standard and tests that exist. */
function rulesOf(name: string) {
  const document = readFileSync(join(workspace, 'docs/reference', name), 'utf8');
  const section = /^## Rules\n(.*?)(?=^## )/ms.exec(document)?.[1] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| rule |') && !line.startsWith('| ---'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, rule = '', does = '', from = '', tests = '']) => ({ rule, does, from, tests: tests.split('<br>') }));
}

/** Tests, and scripts and rows that tests read. */
const testFiles = globSync(['{libs,apps,e2e}/**/*.{test.ts,txt}', 'e2e/src/support/probe/rows/*.ts'], {
  cwd: workspace,
  exclude: (path) => /(^|[/])(node_modules|dist)$/.test(path),
}).map((path) => `/${path}`);

/** The title of a test or of a case stands in its file in quotes, that of an exchange of a script behind `==`. */
const hasTitle = (source: string, title: string): boolean =>
  [`'${title}'`, `"${title}"`, `\`${title}\``, `\n== ${title}\n`].some((text) => source.includes(text));

describe.each([
  ['ocsp.md', 60],
  ['crl.md', 25],
])('%s', (name, least) => {
  const rows = rulesOf(name);

  it('has a table of rules', () => {
    expect(rows.length).toBeGreaterThan(least);
    expect(new Set(rows.map(({ rule }) => rule)).size).toBe(rows.length);
  });

  it.each(rows)('$rule', ({ does, from, tests }) => {
    expect([does, from]).not.toContain('');
    for (const test of tests) {
      const [file, title] = test.replace(/^`+|`+$/g, '').split(' › ');
      const found = testFiles.filter((path) => [`/${file}.test.ts`, `/${file}`].some((end) => path.endsWith(end)));
      expect(found, `${file} is one file of tests`).toHaveLength(1);
      const source = readFileSync(join(workspace, found[0]!), 'utf8');
      expect(hasTitle(source, title!), `${file} has a test "${title}"`).toBe(true);
    }
  });
});
