import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LedgerScene, mixedSegment, PRODUCERS } from '../testing/ledger-scene.ts';

const run = promisify(execFile);
const source = fileURLToPath(new URL('../../../../../e2e/clients/ledger', import.meta.url));

let scene: LedgerScene;
let client: string;
beforeAll(async () => {
  scene = await LedgerScene.open();
  client = join(scene.directory, 'go-client');
  // Where Go's installer puts it, for whoever has not put that into PATH.
  const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/local/go/bin` };
  await run('go', ['build', '-o', client, '.'], { cwd: source, env });
});
afterAll(() => scene.close());

const check = (...sizes: string[]) => {
  const key = scene.ledgers().verifierKeysOf('pf-a').trim();
  return run(client, ['check', join(scene.directory, 'ledgers/pf-a'), key, ...sizes], { maxBuffer: 1 << 26 });
};

it("the meter's directory is a ledger that Go's sumdb/note and sumdb/tlog read, from the first append to the last", async () => {
  const sizes: number[] = [];
  for (const [index, count] of [2, 600, 1, 1100].entries()) {
    await scene.count([mixedSegment(PRODUCERS[index % 3]!, index + 1, count)]);
    await scene.projection().step({ customers: [], segments: [] });
    sizes.push((await scene.read()).heads['pf-a']!);
    await check();
  }
  expect(sizes).toEqual([1, 301, 302, 852]);
  const { stdout } = await check(...sizes.map(String));
  expect(stdout.match(/^record /gm)).toHaveLength(852);
  expect(stdout.match(/^tree /gm)).toHaveLength(4);
  rmSync(join(scene.directory, 'ledgers/pf-a/tile/entries/001'));
  await expect(check()).rejects.toMatchObject({ code: 1 });
});
