import type { BillingPeriod } from '@kakunin/calendar';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodes, Project, readmeBlock } from '../testing/installed-package.ts';
import { jst, PayerScene, segment } from '../testing/ledger-scene.ts';

/** `nx test` builds the package before this runs. */
let project: Project;
beforeAll(async () => {
  project = new Project();
  const scene = new PayerScene();
  await scene.use(segment(1, 300, jst('2026-10-05T12:00:00')), segment(2, 400, jst('2026-10-31T23:59:59')));
  const { octets, signature } = scene.close('2026-10' as BillingPeriod);
  for (const [path, content] of scene.files) project.write(`ledger/${path}`, content);
  project.write('statement.json', octets);
  project.write('statement.json.sig', signature);
  project.write('signing-key.pem', scene.signingKey);
  project.write('ledger-key', `${scene.verifierKeys.join('\n')}\n`);
  project.write('prices.json', JSON.stringify(await scene.published()));
  project.write('receipts.ndjson', (await scene.receipts()).map((receipt) => `${JSON.stringify(receipt)}\n`).join(''));
  project.write('verify.mjs', readmeBlock('`verify.mjs`'));
});
afterAll(() => project.remove());

test.each(nodes())("README's verification, on %s", async (node) => {
  const first = await project.run(node, 'verify.mjs');
  expect(first).toBe('everything is right, 700 records\n');
  expect(project.read('checkpoints/700')).toBe(project.read('ledger/checkpoint'));
  const [receipt] = project.read('receipts.ndjson').split('\n');
  project.write('receipts.ndjson', project.read('receipts.ndjson').replace(`${receipt}\n`, ''));
  expect(await project.run(node, 'verify.mjs')).toMatch(/^leaf_without_receipt: 台帳の記録 0 /);
  project.write('receipts.ndjson', `${receipt}\n${project.read('receipts.ndjson')}`);
});
