import { DatabaseError } from '@kakunin/postgres';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { GroupCommit, type GroupCommitOptions } from './group-commit.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A desk that writes numbers; it remembers its groups, and begins each only when told to. */
function desk(options: Partial<GroupCommitOptions<number, string>> = {}) {
  const groups: (readonly number[])[] = [];
  const begins: (() => void)[] = [];
  const refused = vi.fn<() => void>();
  const idle = vi.fn<() => void>();
  const commit = new GroupCommit<number, string>({
    write: async (works) => {
      groups.push(works);
      await new Promise<void>((resolve) => begins.push(resolve));
      if (works.includes(13)) throw new Error('unlucky');
      if (works.includes(77)) throw new DatabaseError('database_busy', 'busy');
      if (works.includes(99)) throw new DatabaseError('database_unavailable', 'away');
      return works.map((work) => `${work} done`);
    },
    onRefused: refused,
    onIdle: idle,
    ...options,
  });
  /** Lets groups be written until none is left. */
  const finish = async (): Promise<void> => {
    for (let next = begins.shift(); next; next = begins.shift()) {
      next();
      await vi.advanceTimersByTimeAsync(0);
    }
  };
  return { commit, groups, finish, refused, idle };
}

it('writes the first at once, and together what came meanwhile, in order', async () => {
  const { commit, groups, finish, idle } = desk();
  const results = Promise.all([1, 2, 3, 4].map((work) => commit.run(work)));
  expect(groups).toEqual([[1]]);
  await finish();
  expect(groups).toEqual([[1], [2, 3, 4]]);
  expect(await results).toEqual(['1 done', '2 done', '3 done', '4 done']);
  expect(idle).toHaveBeenCalledTimes(1);
});

it('holds at most so much in a group, and one work however large it is', async () => {
  const { commit, groups, finish } = desk({ mostAtOnce: 5, sizeOf: (work) => work });
  const results = Promise.all([1, 9, 2, 3, 4].map((work) => commit.run(work)));
  await finish();
  expect(groups).toEqual([[1], [9], [2, 3], [4]]);
  await results;
});

it('lets one that fails fail alone', async () => {
  const { commit, finish } = desk();
  const settled = Promise.allSettled([1, 2, 13, 4].map((work) => commit.run(work)));
  await finish();
  expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
});

it('tells all when the database is away, asks it once a group, and goes on when it is back', async () => {
  const { commit, groups, finish } = desk();
  const settled = Promise.allSettled([99, 99, 2].map((work) => commit.run(work)));
  await finish();
  expect((await settled).every(({ status }) => status === 'rejected')).toBe(true);
  expect(groups).toHaveLength(2);
  const later = commit.run(7);
  await finish();
  expect(await later).toBe('7 done');
});

it('refuses who waits behind a group that takes too long, and who comes then, but not who has patience', async () => {
  const { commit, groups, finish, refused } = desk({ patience: 2_000 });
  const slow = commit.run(1);
  const patient = commit.run(2, { patient: true });
  const waiting = expect(commit.run(3)).rejects.toMatchObject({ code: 'database_busy' });
  await vi.advanceTimersByTimeAsync(1_999);
  expect(refused).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await waiting;
  await expect(commit.run(4)).rejects.toMatchObject({ code: 'database_busy' });
  expect(refused).toHaveBeenCalledTimes(2);
  await finish();
  expect(await Promise.all([slow, patient])).toEqual(['1 done', '2 done']);
  expect(groups).toEqual([[1], [2]]);
  const after = commit.run(5);
  await finish();
  expect(await after).toBe('5 done');
});

it('refuses who waits behind a group that could not be written in time', async () => {
  const { commit, groups, finish, refused } = desk();
  const settled = Promise.allSettled([77, 2, 3].map((work) => commit.run(work)));
  await finish();
  expect((await settled).map((each) => (each as { reason?: { code: string } }).reason?.code)).toEqual(
    [1, 2, 3].map(() => 'database_busy'),
  );
  expect(groups).toHaveLength(1);
  expect(refused).toHaveBeenCalledTimes(2);
  const later = commit.run(5);
  await finish();
  expect(await later).toBe('5 done');
});
