import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryObjectStore } from '@kakunin/object-store';
import { decodeCrlManifest } from '@kakunin/publication';
import { afterAll, expect, it } from 'vitest';
import { PublishedCrls } from './published-crls.ts';
import { publishNext } from './testing/publish-next.ts';
import { runAndDie } from './testing/run-and-die.ts';

const parent = mkdtempSync(join(tmpdir(), 'kakunin-killed-'));
afterAll(() => rmSync(parent, { recursive: true }));

/** @returns whether the publisher lived to its end */
const publishAndDie = (directory: string, before: number): Promise<boolean> =>
  runAndDie({ program: 'publish-and-die.ts', scratch: parent, directory, before });

/** What a web server shows is whole; once one of our readers has looked, it is the same, and what the descriptor says. */
async function newestNumber(directory: string): Promise<number> {
  const serve = (): Buffer => readFileSync(join(directory, 'crl/a.crl'));
  expect(serve().toString()).toMatch(/^CRL [123]$/);
  const newest = await new PublishedCrls(await DirectoryObjectStore.at(directory)).newest({ authorityId: 'a' });
  const served = serve();
  expect(newest?.descriptor.sha256).toBe(createHash('sha256').update(served).digest('hex'));
  expect(served.toString()).toBe(`CRL ${newest?.descriptor.crlNumber}`);
  return Number(newest?.descriptor.crlNumber);
}

const listed = (directory: string): readonly number[] =>
  decodeCrlManifest(readFileSync(join(directory, 'crl/manifest.json'), 'utf8')).crls.map(({ crlNumber }) =>
    Number(crlNumber),
  );

it('a publisher that is killed at any step leaves a good CRL, and the next one goes on', async () => {
  // Once to its end: a process that lives leaves compiled code behind for those that are killed.
  await publishNext(join(parent, 'lives'), 1n);
  expect(await publishAndDie(join(parent, 'lives'), 0)).toBe(true);
  const seen = new Set<number>();
  let steps = 0;
  for (let lived = false; !lived; steps++) {
    const directory = join(parent, String(steps));
    await publishNext(directory, 1n);
    lived = await publishAndDie(directory, steps + 1);
    const newest = await newestNumber(directory);
    seen.add(newest);
    expect(lived ? [2] : [1, 2]).toContain(newest);
    expect(newest === 1 ? [1] : [1, 2]).toContain(listed(directory)[0]);
    await publishNext(directory, 3n);
    expect(await newestNumber(directory)).toBe(3);
    expect(listed(directory)).toEqual([3]);
    rmSync(directory, { recursive: true });
  }
  expect([...seen].sort()).toEqual([1, 2]);
  expect(steps).toBeGreaterThan(30);
}, 180_000);
