import { expect, it } from 'vitest';
import { checkList } from './check-list.ts';

it('names the broken lines of an index.txt by number and reason, and counts the others', async () => {
  const list = ['V\t301231235959Z\t\t01\tunknown\t/CN=a', 'V\tnever\t\t02\tunknown\t/CN=b', '', 'R\tx'].join('\r\n');
  const { imported, rejected, errors } = await checkList([Buffer.from(list)] as never, 'index.txt');
  expect({ imported, rejected, lines: errors.map(({ line }) => line) }).toEqual({
    imported: 1,
    rejected: 2,
    lines: [2, 4],
  });
  expect(errors[0]!.reason).toMatch(/expiry/);
});

it('stops at a header that means nothing', async () => {
  const { imported, errors } = await checkList([Buffer.from('serial;end\n01;x\n')] as never, 'csv');
  expect(imported).toBe(0);
  expect(errors).toHaveLength(1);
});

it('names at most a thousand', async () => {
  const { rejected, errors } = await checkList([Buffer.from('x\n'.repeat(1_500))] as never, 'index.txt');
  expect([rejected, errors.length]).toEqual([1_500, 1_000]);
});
