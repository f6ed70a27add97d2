import {
  largeObjectsContract,
  objectStoreContract,
  type ObjectStoreUnderTest,
  S3_START_LIMIT,
  startTestS3,
  type TestS3,
} from '@kakunin/testing';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openObjectStore } from '../open-object-store.ts';

let s3: TestS3;
beforeAll(async () => {
  s3 = await startTestS3();
  for (const [name, value] of Object.entries(s3.environment)) vi.stubEnv(name, value);
}, S3_START_LIMIT);
afterAll(async () => {
  vi.unstubAllEnvs();
  await s3.stop();
});

let buckets = 0;
const adapter: ObjectStoreUnderTest = {
  empty: async () => {
    const url = s3.createBucket(`bucket-${buckets++}`).replace('/?', buckets % 2 ? '/?' : '/below/a/prefix?');
    return [await openObjectStore(url), () => openObjectStore(url)];
  },
  away: async () => {
    const server = await startTestS3();
    const store = await openObjectStore(server.createBucket('bucket'));
    await server.stop();
    return store;
  },
};
objectStoreContract('S3ObjectStore', adapter);
largeObjectsContract('S3ObjectStore', adapter);

describe('S3ObjectStore', () => {
  it('says what to check when there is no such bucket, or the credentials are wrong', async () => {
    const nowhere = `s3://nowhere/?endpoint=${s3.endpoint}&region=ap-northeast-1`;
    await expect(openObjectStore(nowhere)).rejects.toMatchObject({ code: 'store_unavailable' });
    const url = s3.createBucket('locked');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'wrong');
    try {
      await expect(openObjectStore(url)).rejects.toMatchObject({ code: 'store_unavailable' });
    } finally {
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', s3.environment.AWS_SECRET_ACCESS_KEY);
    }
  });

  it('says when the store is full', async () => {
    const full = await standIn((response) => response.writeHead(507).end(error('XMinioStorageFull')));
    await expect(openObjectStore(full.url)).rejects.toMatchObject({ code: 'store_full' });
    full.stop();
  });

  it('takes no store that ignores the conditions of writes', async () => {
    const lenient = await standIn((response) => response.writeHead(200, { etag: '"1"' }).end());
    await expect(openObjectStore(lenient.url)).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('conditions'),
    });
    lenient.stop();
  });
});

const error = (code: string): string => `<Error><Code>${code}</Code><Message>no</Message></Error>`;

/** A bucket that is there, and empty, and answers writes so. */
async function standIn(write: (response: ServerResponse) => void): Promise<{ url: string; stop(): void }> {
  const server = createServer((request, response) => {
    request.resume();
    if (request.method === 'PUT') write(response);
    else response.end(request.method === 'GET' ? '<ListBucketResult/>' : undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `s3://bucket/?endpoint=http://127.0.0.1:${port}&region=ap-northeast-1`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
