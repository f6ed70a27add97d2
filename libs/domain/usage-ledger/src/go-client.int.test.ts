import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import { proveConsistency } from './consistency-proof.ts';
import { proveInclusion } from './inclusion-proof.ts';
import { LedgerReader } from './ledger-reader.ts';
import { CHECKPOINT_PATH } from './ledger-store.ts';
import { LedgerWriter } from './ledger-writer.ts';
import { ed25519NoteSigner, formatVerifierKey, parseVerifierKey } from './note-key.ts';
import { ed25519Key, OPERATOR, ORIGIN, signer } from './testing/keys.ts';
import { MemoryLedgerStore } from './testing/memory-ledger-store.ts';
import { CUSTOMER, usageSegment } from './testing/usage.ts';

const run = promisify(execFile);
const source = fileURLToPath(new URL('../../../../e2e/clients/ledger', import.meta.url));
const VERIFIER_KEY = formatVerifierKey(ORIGIN, ed25519Key(1).publicKey);

let directory: string;
let client: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kakunin-ledger-'));
  client = join(directory, 'client');
  // Where Go's installer puts it, for whoever has not put that into PATH.
  const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/local/go/bin` };
  await run('go', ['build', '-o', client, '.'], { cwd: source, env });
});
afterAll(() => rm(directory, { recursive: true }));

const store = new MemoryLedgerStore();
const SIZES = [1, 300, 512, 2100];
const writeFiles = async (name: string, files: ReadonlyMap<string, Uint8Array>): Promise<string> => {
  const root = join(directory, name);
  for (const [path, octets] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), octets);
  }
  return root;
};

describe('what our writer wrote, as Go reads it', () => {
  let head: Checkpoint;
  let lines: string[];
  beforeAll(async () => {
    // A new key signs beside the old one, as in a change of keys.
    const signers = [signer(2), signer(1)];
    const writer = new LedgerWriter({ operator: OPERATOR, customer: CUSTOMER, store, signers });
    let sequence = 0;
    for (const [index, size] of SIZES.entries())
      await writer.append([usageSegment((sequence += 1), size - (SIZES[index - 1] ?? 0))]);
    head = openCheckpoint(store.files.get(CHECKPOINT_PATH)!, { origin: ORIGIN, verifiers: [signer()] });
    const root = await writeFiles('ledger', store.files);
    const sizes = [1, 2, 255, 256, 257, 300, 512, 1024, 2099, 2100].map(String);
    const { stdout } = await run(client, ['check', root, VERIFIER_KEY, ...sizes], { maxBuffer: 1 << 26 });
    lines = stdout.trimEnd().split('\n');
  });

  it('is a tree in which it proves every record, with the proofs that we give', async () => {
    expect(head.size).toBe(2100);
    const reader = await LedgerReader.open(store, head);
    const records = lines.filter((line) => line.startsWith('record '));
    expect(records.length).toBe(2100);
    for (const [index, line] of records.entries()) {
      const proof = await proveInclusion(reader, index);
      expect(line).toBe(['record', index, ...proof.map(base64)].join(' '));
    }
  });

  it('is the continuation of earlier trees, by the proofs that we give', async () => {
    const reader = await LedgerReader.open(store, head);
    const trees = lines.filter((line) => line.startsWith('tree '));
    expect(trees.length).toBe(10);
    for (const line of trees) {
      const size = Number(line.split(' ')[1]);
      const earlier = await reader.rangeHash({ start: 0, end: size });
      const proof = await proveConsistency(reader, size);
      expect(line).toBe(['tree', size, base64(earlier), ...proof.map(base64)].join(' '));
    }
  });

  it('is refused when a file of it is altered', async () => {
    for (const path of ['checkpoint', 'tile/0/003', 'tile/0/008.p/52', 'tile/1/000.p/8', 'tile/entries/002']) {
      const altered = Buffer.from(store.files.get(path)!);
      altered[40]! ^= 1;
      const root = await writeFiles('altered', new Map([...store.files, [path, altered]]));
      await expect(run(client, ['check', root, VERIFIER_KEY]), path).rejects.toMatchObject({ code: 1 });
    }
  });
});

describe("what Go's note package signs", () => {
  it('is opened by ours', async () => {
    const root = base64(Buffer.alloc(32, 7));
    const child = spawn(client, ['sign', ORIGIN], { stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.end(`${ORIGIN}\n20852163\n${root}\nan extension\n`);
    const [note, verifierKey] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const verifiers = [signer(), parseVerifierKey(verifierKey)];
    const checkpoint = openCheckpoint(Buffer.from(note), { origin: ORIGIN, verifiers });
    expect(checkpoint).toEqual({ origin: ORIGIN, size: 20852163, root: Buffer.alloc(32, 7) });
    expect(() =>
      openCheckpoint(Buffer.from(note.replace('20852163', '20852164')), { origin: ORIGIN, verifiers }),
    ).toThrow(expect.objectContaining({ code: 'invalid_note' }));
  });

  it('is by a key that both write the same way', () => {
    const { privateKey, publicKey } = ed25519Key(9);
    const { name, keyId } = ed25519NoteSigner(ORIGIN, privateKey);
    expect(parseVerifierKey(formatVerifierKey(ORIGIN, publicKey))).toMatchObject({ name, keyId });
  });
});

const base64 = (octets: Uint8Array): string => Buffer.from(octets).toString('base64');
