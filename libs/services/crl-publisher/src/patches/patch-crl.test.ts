import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crlKey, crlPointer, decodeDczHeader, patchKey, patchListPointer } from '@kakunin/publication';
import { InMemoryObjectStore } from '@kakunin/testing';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { PublishedCrls } from '../published-crls.ts';
import { readAll } from '../read-all.ts';
import { crlOctets, publishOctets } from '../testing/patch-scene.ts';
import { makePatch } from './make-patch.ts';
import { patchCrl } from './patch-crl.ts';

const A = { authorityId: 'a' };
const HOUR = 3_600_000;
const options = { recent: 2, age: 24 * HOUR, maximumBytes: 1024 ** 2 };
const folder = mkdtempSync(join(tmpdir(), 'kakunin-patches-'));
afterAll(() => rmSync(folder, { recursive: true }));

let store: InMemoryObjectStore;
beforeEach(() => {
  store = new InMemoryObjectStore();
});

const file = (name: string, octets: Uint8Array): string => {
  writeFileSync(join(folder, name), octets);
  return join(folder, name);
};
/** What a mature tool makes of it. */
function unpatched(patch: Uint8Array, dictionary: Uint8Array): Buffer {
  const names = [`--patch-from=${file('old', dictionary)}`, file('patch.dcz', patch)];
  execFileSync('zstd', ['-q', '-f', '-d', '--long=27', ...names, '-o', join(folder, 'rebuilt')]);
  return readFileSync(join(folder, 'rebuilt'));
}
const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');
/** Without one entry in so many. */
const crlSlices = (octets: Buffer, every: number): Buffer[] =>
  Array.from({ length: Math.ceil(octets.length / 48 / every) }, (_, at) =>
    octets.subarray(at * every * 48, (at + 1) * every * 48 - 48),
  );
const read = async (key: string): Promise<Buffer> => readAll((await store.open(key))!);

describe('patches', () => {
  it('of a CRL above 16 MiB are as small as those of zstd, which rebuilds it bit for bit', async () => {
    const next = crlOctets(360_000);
    const old = Buffer.concat(crlSlices(next, 500));
    await Promise.all([store.put('old', old), store.put('new', next)]);
    const version = async (key: string) => ({ content: (await store.open(key))!, sha256: sha256(await read(key)) });
    const made = await makePatch({ store, from: await version('old'), to: await version('new'), key: 'patch' });
    const patch = await read('patch');
    expect(made).toEqual({ bytes: patch.length, sha256: sha256(patch) });
    expect(decodeDczHeader(patch)).toHaveLength(32);
    expect(unpatched(patch, old).equals(next)).toBe(true);
    const [before, after, ofZstd] = [file('old', old), file('new', next), join(folder, 'zstd.patch')];
    execFileSync('zstd', ['-q', '-f', `--patch-from=${before}`, '--long=27', after, '-o', ofZstd]);
    expect(patch.length).toBeLessThan(statSync(ofZstd).size * 1.1);
    expect(patch.length).toBeLessThan(next.length / 300);
  });

  it('start from recent predecessors and from the scheduled ones of a day, and stand in the manifest', async () => {
    const published = new PublishedCrls(store);
    for (let crlNumber = 1n; crlNumber <= 6n; crlNumber += 1n) {
      const octets = crlOctets(1_000 + Number(crlNumber));
      const scheduled = crlNumber <= 2n;
      const publishedAt = Number(crlNumber) * HOUR;
      const key = await publishOctets(store, { octets, crlNumber, scheduled, publishedAt });
      await patchCrl(store, key, options);
      await published.updateManifest([A]);
      const [listed] = await published.list();
      const from = listed?.patches?.map((patch) => patch.from) ?? [];
      const all = [5n, 4n, 3n, 2n, 1n].filter((number) => number < crlNumber);
      expect(from).toEqual(all.filter((number) => number >= crlNumber - 2n || number <= 2n));
      for (const number of from) {
        const patch = await read(patchKey(A, crlNumber, number));
        expect(unpatched(patch, await read(crlKey(A, number))).equals(octets)).toBe(true);
      }
    }
  });

  it('are not listed for a CRL that they do not make', async () => {
    const published = new PublishedCrls(store);
    await patchCrl(store, await publishOctets(store, { octets: crlOctets(100), crlNumber: 1n }), options);
    await publishOctets(store, { octets: crlOctets(101), crlNumber: 2n });
    await published.updateManifest([A]);
    expect((await published.list())[0]).toMatchObject({ crlNumber: 2n });
    expect((await published.list())[0]?.patches).toBeUndefined();
  });

  it('are made once, and for the newest CRL only', async () => {
    const [first, second] = [
      await publishOctets(store, { octets: crlOctets(100), crlNumber: 1n }),
      await publishOctets(store, { octets: crlOctets(101), crlNumber: 2n }),
    ];
    expect(await patchCrl(store, first, options)).toBeUndefined();
    expect(await patchCrl(store, second, options)).toMatchObject({ patches: [] });
    expect(await patchCrl(store, second, options)).toBeUndefined();
  });

  it('are none from a version that is damaged, gone or too large, and none that spare nothing', async () => {
    const versions = [crlOctets(100), crlOctets(50_000), crlOctets(0), crlOctets(300)];
    for (const [at, octets] of versions.entries()) {
      await patchCrl(store, await publishOctets(store, { octets, crlNumber: BigInt(at + 1) }), options);
    }
    await store.remove(crlKey(A, 1n));
    const wide = { ...options, recent: 9 };
    const key = await publishOctets(store, { octets: crlOctets(301), crlNumber: 5n });
    expect((await patchCrl(store, key, wide))?.patches.map(({ from }) => from)).toEqual([4n, 3n]);
    expect(await store.target(crlPointer(A))).toBe(key);
  });

  it('two publishers at once list the same ones', async () => {
    await patchCrl(store, await publishOctets(store, { octets: crlOctets(100), crlNumber: 1n }), options);
    const key = await publishOctets(store, { octets: crlOctets(101), crlNumber: 2n });
    const both = await Promise.all([patchCrl(store, key, options), patchCrl(store, key, options)]);
    expect(both.filter((made) => made !== undefined)).toHaveLength(1);
    expect(await store.target(patchListPointer(A))).toBe('crl/a/2.patches.json');
  });
});
