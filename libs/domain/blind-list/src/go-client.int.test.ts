import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build, chainOf, issued, type Issued, wrong } from './testing/scene.ts';

const source = join(import.meta.dirname, '../../../../e2e/clients/blind-list');
const directory = mkdtempSync(join(tmpdir(), 'kakunin-blind-list-'));
const client = join(directory, 'client');
beforeAll(async () => {
  // Where Go's installer puts it, for whoever has not put that into PATH.
  const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/local/go/bin` };
  await promisify(execFile)('go', ['build', '-o', client, '.'], { cwd: source, env });
});
afterAll(() => rmSync(directory, { recursive: true }));

/** What a reader in Go, made from the reference alone, says of certificates. */
async function asGoReads(files: readonly Uint8Array[], certificates: readonly Issued[]): Promise<boolean[]> {
  const names = files.map((_, index) => join(directory, `${index}.kbl`));
  names.forEach((name, index) => writeFileSync(name, files[index]!));
  const reader = spawn(client, names, { stdio: ['pipe', 'pipe', 'inherit'] });
  reader.stdin.end(certificates.map((each) => `${Buffer.from(each.fingerprint).toString('hex')}\n`).join(''));
  return (await text(reader.stdout))
    .trimEnd()
    .split('\n')
    .map((line) => line === '1');
}

const first = issued(150_000, 0.1);
const turned = first.map((each, index) => ({ ...each, revoked: index % 500 === 0 ? !each.revoked : each.revoked }));

test('a reader in Go reads lists and deltas as we do', async () => {
  const full = build(first, 1, { certificates: 300_000 });
  const delta = build(turned, 2, { certificates: 300_000, base: chainOf(full) });
  expect(wrong(chainOf(full, delta), turned)).toEqual([]);
  expect(await asGoReads([full], first)).toEqual(first.map(({ revoked }) => revoked));
  expect(await asGoReads([full, delta], turned)).toEqual(turned.map(({ revoked }) => revoked));
});

test.each([0, 0.5, 0.9, 1])(
  'and lists of which a share of %d is revoked, and certificates that are in none',
  async (share) => {
    const certificates = issued(3_000, share);
    const file = build(certificates);
    const others = issued(6_000, 0);
    const chain = chainOf(file);
    expect(await asGoReads([file], others)).toEqual(others.map(({ fingerprint }) => chain.marks(fingerprint)));
  },
);
