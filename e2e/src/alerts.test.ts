import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run, workspace } from './support/processes.ts';

/** deploy/prometheus: rules that Prometheus takes and that ring when they should, of metrics that are there, each with a runbook. */
const at = (...parts: string[]): string => join(workspace, ...parts);
const read = (...parts: string[]): string => readFileSync(at(...parts), 'utf8');
const promtool = (...args: string[]) => run('promtool', args, { cwd: at('deploy/prometheus') });

const rules = read('deploy/prometheus/alerts.yaml');
const ruleTests = readdirSync(at('deploy/prometheus')).filter((name) => name.endsWith('.test.yaml'));
/** One text an alert, from its name to the next one. */
const alerts = new Map(
  rules
    .split(/^ +- alert: /m)
    .slice(1)
    .map((text) => [text.slice(0, text.indexOf('\n')), text]),
);

it('is what Prometheus takes', async () => {
  expect(await promtool('check', 'rules', 'alerts.yaml')).toMatchObject({ status: 0 });
  // Files that a configuration names must be there; the sample names the rules.
  expect(await promtool('check', 'config', 'prometheus.yaml')).toMatchObject({ status: 0 });
});

it('rings when it should, and only then', async () => {
  const { status, stdout, stderr } = await promtool('test', 'rules', ...ruleTests);
  expect(status, stdout + stderr).toBe(0);
});

it.each([...alerts])('%s has a test, two languages and a runbook', (name, text) => {
  expect(ruleTests.some((file) => read('deploy/prometheus', file).includes(`- name: ${name},`))).toBe(true);
  // Japanese first, then English.
  expect(text).toMatch(/summary: .*[ぁ-んァ-ヶ一-龠].* \/ [ -~]+$/m);
  expect(text).toMatch(/severity: (page|ticket)/);
  expect(read(/runbook_url: (docs\/runbooks\/[a-z-]+\.md)/.exec(text)?.[1] ?? 'no runbook')).toMatch(/^# /);
});

it('has an alert for every runbook that is not listed as one without', () => {
  const listed = read('docs/README.md');
  const without = readdirSync(at('docs/runbooks')).filter((file) => !rules.includes(`docs/runbooks/${file}`));
  for (const file of without) expect(listed).toContain(`runbooks/${file}`);
});

it('asks for metrics that the services have', () => {
  const sources = readdirSync(at('libs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .filter((path) => path.includes('/src/') && !path.includes('node_modules'))
    .map((path) => read('libs', path));
  const known = new Set(sources.flatMap((source) => [...source.matchAll(/'(kakunin_\w+)'/g)].map(([, name]) => name)));
  const asked = new Set([...alerts.values()].flatMap((text) => text.match(/kakunin_\w+/g) ?? []));
  expect(asked.size).toBeGreaterThan(10);
  expect([...asked].filter((name) => !known.has(name))).toEqual([]);
});

it('asks for checks that the services register', () => {
  const registered = ['libs/platform', 'libs/services'].flatMap((ring) =>
    readdirSync(at(ring), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && path.includes('/src/') && !path.includes('.test.'))
      .flatMap((path) => [...read(ring, path).matchAll(/health\.register\('([a-z-]+)'/g)].map(([, name]) => name)),
  );
  const asked = [...rules.matchAll(/check!?[=~]+"([^"]+)"/g)].flatMap(([, names]) => names!.split('|'));
  for (const name of asked) expect(registered).toContainEqual(expect.stringMatching(`^${name}$`));
});
