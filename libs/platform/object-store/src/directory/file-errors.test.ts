import { open } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { asObjectError } from './file-errors.ts';

it('says that a disk is full', async () => {
  // Whatever is written there, the kernel answers that no space is left.
  const full = await open('/dev/full', 'w');
  try {
    await expect(asObjectError(() => full.writeFile('x'))).rejects.toMatchObject({
      code: 'store_full',
      cause: expect.objectContaining({ code: 'ENOSPC' }),
    });
  } finally {
    await full.close();
  }
});

it('says which error of the file system it was', async () => {
  await expect(asObjectError(() => open('/nowhere/at/all'))).rejects.toMatchObject({
    code: 'store_unavailable',
    message: expect.stringContaining('ENOENT'),
  });
});
