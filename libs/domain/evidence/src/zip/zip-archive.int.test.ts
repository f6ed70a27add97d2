import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { type ZipFile, zipOf, zipSize } from './zip-archive.ts';

const file = (name: string, content: Buffer): ZipFile => ({
  name,
  size: content.length,
  crc32: crc32(content),
  content: [content.subarray(0, 3), content.subarray(3)],
});

async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

it('others read what was written, and it is the same octets each time', async () => {
  const files = () => [
    file('a.txt', Buffer.from('first\n')),
    file('empty', Buffer.alloc(0)),
    file('b', Buffer.alloc(70_000, 7)),
  ];
  const archive = await gather(zipOf(files()));
  expect(await gather(zipOf(files()))).toEqual(archive);
  expect(archive).toHaveLength(zipSize(files()));
  const directory = mkdtempSync(join(tmpdir(), 'kakunin-zip-'));
  try {
    writeFileSync(join(directory, 'a.zip'), archive);
    // The JDK knows nothing of us, and looks at every checksum.
    execFileSync('jar', ['xf', 'a.zip'], { cwd: directory });
    expect(execFileSync('cat', ['a.txt', 'empty', 'b'], { cwd: directory })).toEqual(
      Buffer.concat([Buffer.from('first\n'), Buffer.alloc(70_000, 7)]),
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
});

it('refuses what does not fit, before it gives anything', async () => {
  const large: ZipFile = { name: 'a', size: 2 ** 32, crc32: 0, content: [] };
  await expect(gather(zipOf([large]))).rejects.toThrow(expect.objectContaining({ code: 'too_large' }));
});
