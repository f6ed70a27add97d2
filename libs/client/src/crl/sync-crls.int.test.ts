import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestCa } from '@kakunin/testing/test-ca';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CrlPublisherScene } from '../testing/crl-publisher-scene.ts';
import { crlDirectory, type CrlProgress, type CrlStore, CrlSyncError, type CrlSyncInput, syncCrls } from './index.ts';

let scene: CrlPublisherScene;
let directory: string;
beforeEach(async () => {
  scene = await CrlPublisherScene.open();
  directory = mkdtempSync(join(tmpdir(), 'kakunin-sync-'));
});
afterEach(async () => {
  await scene.close();
  rmSync(directory, { recursive: true });
});

const sync = (more: Partial<CrlSyncInput> = {}) =>
  syncCrls({
    url: scene.url,
    store: crlDirectory(directory),
    manifestKey: scene.manifestKey,
    authorities: { a: scene.ca.certificate.der },
    timeoutMs: 5_000,
    ...more,
  });
const outcome = async (more: Partial<CrlSyncInput> = {}) => {
  const { crls, failures } = await sync(more);
  return [...crls.map((crl) => crl.outcome), ...failures.map((failure) => failure.code)].join();
};
const codeOf = (run: Promise<unknown>): Promise<unknown> =>
  run.then(
    () => 'none',
    (error: unknown) => (error instanceof CrlSyncError ? error.code : error),
  );
const kept = (): Buffer => readFileSync(join(directory, 'a.crl'));
const besides = (): readonly string[] => readdirSync(directory).filter((name) => name !== 'a.crl');

describe('a local copy', () => {
  it('comes whole, stays when nothing is new, and is patched when something is', async () => {
    const first = await scene.publish();
    const progress: number[] = [];
    expect(await outcome({ onProgress: ({ bytes }) => progress.push(bytes) })).toBe('downloaded');
    expect(kept().equals(first)).toBe(true);
    expect(progress.at(-1)).toBe(first.length);
    expect(await sync()).toMatchObject({ crls: [{ outcome: 'current', transferred: 0, crlNumber: 1n }], failures: [] });
    const second = await scene.publish({ entries: 301 });
    const { crls } = await sync();
    expect(crls).toMatchObject([{ outcome: 'patched', crlNumber: 2n, bytes: second.length }]);
    expect(crls[0]?.transferred).toBeLessThan(second.length / 10);
    expect(kept().equals(second)).toBe(true);
    expect(besides()).toEqual([]);
  });

  it('comes whole where the patch is gone or damaged, or what is here was', async () => {
    await scene.publish();
    await sync();
    const troubles: readonly (() => void)[] = [
      () => scene.files.delete('/a/2.from-1.dcz'),
      () => scene.files.get('/a/3.from-2.dcz')?.writeUInt8(0, 60),
      () => scene.files.set('/a/4.from-3.dcz', Buffer.concat([scene.files.get('/a/4.from-3.dcz')!, Buffer.alloc(1)])),
      () => writeFileSync(join(directory, 'a.crl'), 'damaged'),
    ];
    for (const breakIt of troubles) {
      const next = await scene.publish({ entries: 302 });
      breakIt();
      expect(await outcome()).toBe('downloaded');
      expect(kept().equals(next)).toBe(true);
    }
    expect(besides()).toEqual([]);
  });

  it('goes on where a download was broken off', async () => {
    const crl = await scene.publish({ entries: 5_000 });
    scene.stopAfter = 100_000;
    const onProgress = ({ bytes }: CrlProgress): void => (bytes === 100_000 ? scene.breakOff() : undefined);
    expect(await outcome({ onProgress })).toBe('unreachable');
    expect(existsSync(join(directory, 'a.crl'))).toBe(false);
    const report = await sync();
    expect(report.crls[0]?.outcome).toBe('downloaded');
    expect(report.crls[0]?.transferred).toBeLessThan(crl.length);
    expect(scene.asked.at(-1)).toMatch(/^\/a\/1\.crl from \d+$/);
    expect(kept().equals(crl)).toBe(true);
  });
});

describe('what is here stays', () => {
  let good: Buffer;
  beforeEach(async () => {
    good = await scene.publish();
    await sync();
  });
  afterEach(() => {
    expect(kept().equals(good)).toBe(true);
    expect(besides()).toEqual([]);
  });

  it('when the number goes back, or another CRL has the same', async () => {
    await scene.publish({ crlNumber: 7 });
    await sync();
    good = kept();
    await scene.publish({ crlNumber: 6 });
    expect(await outcome()).toBe('went_back');
    await scene.publish({ crlNumber: 7, entries: 299 });
    expect(await outcome()).toBe('went_back');
  });

  it.each<[string, () => Promise<unknown>]>([
    ['another authority signed the next', async () => scene.publish({ signer: await createTestCa() })],
    ['the next is out of date', () => scene.publish({ nextUpdate: Date.now() - 60_000 })],
    [
      'the manifest says another number than the CRL',
      async () => {
        const line = scene.line(await scene.publish({ entries: 9 }), 2, Date.now());
        scene.list([{ ...line, crlNumber: '9' }]);
      },
    ],
  ])('when %s', async (_, publish) => {
    await publish();
    expect(await outcome()).toBe('unverifiable');
  });

  it('when what comes is longer, shorter, or other than the manifest says', async () => {
    const next = Buffer.from(await scene.publish({ entries: 400 }));
    scene.files.delete('/a/2.from-1.dcz');
    for (const [octets, code] of [
      [Buffer.concat([next, Buffer.alloc(9)]), 'damaged'],
      [next.with(300, next[300]! ^ 1), 'damaged'],
    ] as const) {
      scene.files.set('/a/2.crl', Buffer.from(octets));
      expect(await outcome()).toBe(code);
      for (const name of besides()) rmSync(join(directory, name));
    }
    scene.files.delete('/a/2.crl');
    expect(await outcome()).toBe('refused');
    for (const name of besides()) rmSync(join(directory, name));
  });

  it('when the manifest is not signed, is none, or names a path elsewhere', async () => {
    const line = scene.line(good, 1, Date.now());
    scene.list([{ ...line, url: '/crl/../../etc/passwd' }]);
    expect(await codeOf(sync())).toBe('malformed_manifest');
    scene.list([{ ...line, bytes: 'many' }]);
    expect(await codeOf(sync())).toBe('malformed_manifest');
    const other = await CrlPublisherScene.open();
    expect(await codeOf(sync({ manifestKey: other.manifestKey }))).toBe('signature_invalid');
    await other.close();
    scene.files.set('/manifest.json', Buffer.from('{"crls":[]}'));
    expect(await codeOf(sync())).toBe('refused');
    expect(await codeOf(sync({ url: 'http://127.0.0.1:1/crl' }))).toBe('unreachable');
  });

  it('when there is no space', async () => {
    await scene.publish({ entries: 400 });
    const full: CrlStore = {
      ...crlDirectory(directory),
      part: async () => ({
        bytes: 0,
        read: () => undefined as never,
        append: () => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' })),
        commit: async () => undefined,
        remove: async () => undefined,
      }),
    };
    expect(await outcome({ store: full })).toBe('store_full');
  });
});

describe('runs', () => {
  it('keep out of each other, and one that died does not keep others out', async () => {
    await scene.publish();
    const both = await Promise.all([codeOf(sync()), codeOf(sync())]);
    expect(both.sort()).toEqual(['busy', 'none']);
    const lock = join(directory, '.sync.lock');
    writeFileSync(lock, '');
    expect(await codeOf(sync())).toBe('busy');
    utimesSync(lock, new Date(), new Date(Date.now() - 61_000));
    expect(await outcome()).toBe('current');
  });

  it('say what is asked for and not listed', async () => {
    await scene.publish();
    const { crls, failures } = await sync({ partitions: ['13101'] });
    expect(crls).toHaveLength(1);
    expect(failures).toMatchObject([{ name: 'a/partitions/13101.crl', code: 'missing' }]);
  });

  it('refuse options that cannot work', async () => {
    expect(await codeOf(sync({ url: 'ftp://x' }))).toBe('invalid_option');
    expect(await codeOf(sync({ manifestKey: 'none' }))).toBe('invalid_option');
    expect(await codeOf(sync({ authorities: { a: Buffer.from('none') } }))).toBe('invalid_option');
  });
});
