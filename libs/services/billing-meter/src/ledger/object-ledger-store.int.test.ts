import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryObjectStore, openObjectStore } from '@kakunin/object-store';
import { ledgerStoreContract, S3_START_LIMIT, startTestNginx, startTestS3, type TestS3 } from '@kakunin/testing';
import { LedgerReader, ObjectLedgerStore, openCheckpoint, parseVerifierKey } from '@kakunin/usage-ledger';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LedgerScene, mixedSegment, PRODUCERS } from '../testing/ledger-scene.ts';

let number = 0;

describe('a ledger in a directory', () => {
  const directory = mkdtempSync(join(tmpdir(), 'kakunin-ledger-store-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  ledgerStoreContract('ObjectLedgerStore', async () => {
    const objects = await DirectoryObjectStore.at(directory);
    return new ObjectLedgerStore(objects, `ledgers/${(number += 1)}`);
  });
});

describe('a ledger in S3', () => {
  let s3: TestS3;
  let url: string;
  beforeAll(async () => {
    s3 = await startTestS3();
    for (const [name, value] of Object.entries(s3.environment)) vi.stubEnv(name, value);
    url = s3.createBucket('ledgers');
  }, S3_START_LIMIT);
  afterAll(async () => {
    vi.unstubAllEnvs();
    await s3.stop();
  });
  ledgerStoreContract('ObjectLedgerStore', async () => {
    return new ObjectLedgerStore(await openObjectStore(url), `ledgers/${(number += 1)}`);
  });
});

it("a web server serves a customer's folder as it is", async () => {
  const scene = await LedgerScene.open();
  const nginx = await startTestNginx(`server {
    listen 80;
    root ${scene.directory}/ledgers/pf-a;
    location / { deny all; }
    location = /checkpoint { default_type text/plain; add_header Cache-Control no-cache; }
    location /tile/ { default_type application/octet-stream; add_header Cache-Control "max-age=31536000, immutable"; }
  }`);
  try {
    const files = {
      read: async (path: string) => {
        const answer = await fetch(`${nginx.url}/${path}`);
        return answer.ok ? Buffer.from(await answer.arrayBuffer()) : undefined;
      },
    };
    const origin = scene.ledgers().originOf('pf-a');
    const verifiers = [parseVerifierKey(scene.ledgers().verifierKeysOf('pf-a').trim())];
    for (const [index, leaves] of [300, 600].entries()) {
      await scene.count([mixedSegment(PRODUCERS[0], index + 1, 600)]);
      await scene.projection().step({ customers: [], segments: [] });
      const head = openCheckpoint((await files.read('checkpoint'))!, { origin, verifiers });
      let found = 0;
      for await (const bundle of (await LedgerReader.open(files, head)).bundles()) found += bundle.length;
      expect(found).toBe(leaves);
    }
    for (const path of ['append/000', 'state/600', 'checkpoints/', '']) expect(await files.read(path)).toBeUndefined();
  } finally {
    await nginx.stop();
    await scene.close();
  }
});
