import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DigestKeyDirectory } from './digest-key-directory.ts';
import type { DigestKeyDirectoryInput } from './digest-key-directory.ts';
import { createDigestKey, readDigestKeys } from './key-files.ts';

const DAY = 86_400_000;
const jst = (text: string): number => Date.parse(`${text}T00:00:00+09:00`);

let root: string;
let directory: string;
let now: number;
const logger = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'kakunin-digest-keys-'));
  directory = join(root, 'digest-keys');
  now = jst('2026-11-23');
});
afterEach(() => rm(root, { recursive: true }));

async function open(input: Partial<DigestKeyDirectoryInput> = {}): Promise<DigestKeyDirectory> {
  const clock = { now: () => now };
  const keys = new DigestKeyDirectory({ directory, makesKeys: true, keptDays: 180, clock, logger, ...input });
  await keys.refresh();
  return keys;
}
const years = ({ keys }: DigestKeyDirectory): string[] => keys.map(({ year }) => year);
/** As if the key had been made then. */
const age = (year: string, made: number): Promise<void> =>
  utimes(join(directory, `${year}.key`), made / 1000, made / 1000);

describe('a directory of one responder alone', () => {
  it('gets the key of the year at its first need, for the owner alone, and keeps it', async () => {
    const [key] = (await open()).keys;
    expect(key).toMatchObject({ year: '2026' });
    expect(key?.octets).toHaveLength(32);
    expect((await stat(join(directory, '2026.key'))).mode & 0o777).toBe(0o600);
    expect((await open()).keys).toEqual([key]);
    expect(await readdir(directory)).toEqual(['2026.key']);
  });

  it('gets that of the next year 30 days before, by the calendar of Japan', async () => {
    now = jst('2026-12-02') - 1;
    const keys = await open();
    expect(years(keys)).toEqual(['2026']);
    now += 1;
    await keys.refresh();
    expect(years(keys)).toEqual(['2026', '2027']);
  });

  it('takes the key of before there were years for this one', async () => {
    const formerFile = join(root, 'certificate-digest.key');
    await writeFile(formerFile, Buffer.alloc(32, 7));
    const keys = await open({ formerFile });
    expect(keys.keys).toEqual([{ year: '2026', octets: new Uint8Array(32).fill(7) }]);
    await expect(stat(formerFile)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('takes it up where a crash left off', async () => {
    const formerFile = join(root, 'certificate-digest.key');
    await writeFile(formerFile, Buffer.alloc(32, 7));
    await createDigestKey(directory, '2026', Buffer.alloc(32, 7));
    await open({ formerFile });
    await expect(stat(formerFile)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('a directory that responders share', () => {
  it('gets no key from them: it is red without one for now, and warns 30 days before the next is needed', async () => {
    const keys = await open({ makesKeys: false });
    expect(keys.health).toMatchObject({
      ok: false,
      detail: expect.stringContaining('digest-key create 2026') as string,
    });
    expect(await createDigestKey(directory, '2026')).toBe(true);
    await keys.refresh();
    expect(keys.health).toEqual({ ok: true, detail: 'a key for 2026' });
    expect(keys.coveredUntil).toBe(jst('2027-01-01'));
    now = jst('2026-12-02');
    expect(keys.health).toMatchObject({ ok: true, detail: expect.stringContaining('create 2027') as string });
    now = jst('2027-01-01');
    expect(keys.health.ok).toBe(false);
    expect(keys.coveredUntil).toBe(now);
  });

  it('keeps what was read when it cannot be read, and says so', async () => {
    await createDigestKey(directory, '2026');
    const keys = await open({ makesKeys: false });
    await writeFile(join(directory, '2027.key'), 'short');
    await keys.refresh();
    expect(years(keys)).toEqual(['2026']);
    expect(keys.health).toMatchObject({ ok: true, detail: expect.stringContaining('32 octets') as string });
    expect(logger.error).toHaveBeenCalledOnce();
  });
});

describe('a key', () => {
  it('is made once, whoever comes first', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => createDigestKey(directory, '2027')));
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await readdir(directory)).toEqual(['2027.key']);
  });

  it('is destroyed when its time has passed, and not a moment earlier', async () => {
    for (const year of ['2025', '2026']) await createDigestKey(directory, year);
    now = jst('2026-01-01') + 180 * DAY - 1;
    await age('2026', now - 2 * DAY);
    const keys = await open();
    expect(years(keys)).toEqual(['2025', '2026']);
    expect(keys.overdue).toBe(0);
    now += 1;
    await keys.refresh();
    expect(years(keys)).toEqual(['2026']);
    expect([keys.destroyed, keys.overdue]).toEqual([1, 0]);
    expect(await readdir(directory)).toEqual(['2026.key']);
    expect(logger.warn).toHaveBeenCalledWith({ year: '2025' }, expect.stringContaining('destroyed'));
  });

  it('is overwritten before its name is gone', async () => {
    await createDigestKey(directory, '2025', Buffer.alloc(32, 9));
    // Another name of the same octets shows what became of them.
    const { link } = await import('node:fs/promises');
    await link(join(directory, '2025.key'), join(root, 'witness'));
    await createDigestKey(directory, '2026');
    now = jst('2026-12-01');
    await age('2026', now - 2 * DAY);
    await open();
    expect(await readdir(directory)).toEqual(['2026.key']);
    expect(await readFile(join(root, 'witness'))).not.toEqual(Buffer.alloc(32, 9));
  });

  it('is not destroyed by a clock that jumps ahead, whoever makes the keys', async () => {
    await createDigestKey(directory, '2026');
    now = jst('2028-03-01');
    const own = await open();
    expect(years(own)).toEqual(['2026', '2028']);
    expect(own.overdue).toBe(1);
    await rm(join(directory, '2028.key'));
    expect(years(await open({ makesKeys: false }))).toEqual(['2026']);
    expect(await readDigestKeys(directory)).toHaveLength(1);
  });
});
