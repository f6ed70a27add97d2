import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestResponder } from '@kakunin/ocsp-responder/testing/test-responder';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPopulation } from './support/probe/population.ts';
import type { Probe } from './support/probe/probe.ts';
import { startProbedKakunin } from './support/probe/probed-kakunin.ts';
import { PROBE } from './support/probe/rows/index.ts';
import { workspace } from './support/processes.ts';

let probe: Probe;
let responder: TestResponder;
beforeAll(async () => {
  ({ probe, responder } = await startProbedKakunin(await createPopulation(Date.now())));
});
afterAll(() => responder.close());

describe.each(Object.entries(PROBE))('%s', (_, rows) => {
  test.each(rows)('$rule', async ({ ask, right: [ours] }) => {
    expect(await ask(probe)).toBe(ours);
  });
});

test('no rule stands there twice', () => {
  const rules = Object.values(PROBE).flatMap((rows) => rows.map(({ rule }) => rule));
  expect(new Set(rules).size).toBe(rules.length);
});

test.each(Object.entries(PROBE))('docs/explanation/strict-probe.md counts the rules: %s', (group, rows) => {
  const document = readFileSync(join(workspace, 'docs/explanation/strict-probe.md'), 'utf8').replaceAll(/ +/g, ' ');
  expect(document).toContain(`| ${group} | ${rows.length} of ${rows.length} |`);
});
