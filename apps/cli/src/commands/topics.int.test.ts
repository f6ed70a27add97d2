import { TOPICS } from '@kakunin/event-log';
import { sharedTestPostgres, type TestDatabases } from '@kakunin/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandLine } from '../testing/command-line.ts';

let postgres: TestDatabases;
let url: string;
beforeAll(async () => {
  postgres = await sharedTestPostgres();
  url = await postgres.createDatabase('event_log');
});
afterAll(() => postgres.stop());

const shell = () => commandLine({ env: { KAKUNIN_EVENT_LOG_DATABASE_URL: url } });

it('says which topics are missing, and creates none on a dry run', async () => {
  const { exitCode, stdout, stderr } = await shell()('topics', 'create', '--dry-run');
  expect(exitCode).toBe(0);
  expect(stdout.trimEnd().split('\n')).toEqual(TOPICS.map(({ name }) => name));
  expect(stderr).toContain('would be created');
  const list = await shell()('topics', 'list');
  expect(list.exitCode).toBe(1);
  expect(list.stdout).toMatch(/certificate-events +8 +missing +forever/);
});

it('creates what is missing, once', async () => {
  expect((await shell()('topics', 'create')).stderr).toBe(
    `${TOPICS.length} of ${TOPICS.length} topics were created.\n`,
  );
  expect((await shell()('topics', 'create')).stderr).toBe(`0 of ${TOPICS.length} topics were created.\n`);
  const { exitCode, stdout } = await shell()('topics', 'list', '-o', 'json');
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toHaveLength(TOPICS.length);
});

it('names the variable that is missing', async () => {
  const { exitCode, stderr } = await commandLine()('topics', 'list');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('KAKUNIN_EVENT_LOG_DATABASE_URL');
});

it('ends with 3 when the database is away', async () => {
  const away = commandLine({ env: { KAKUNIN_EVENT_LOG_DATABASE_URL: 'postgres://kakunin@127.0.0.1:1/away' } });
  expect(await away('topics', 'list')).toMatchObject({ exitCode: 3, stdout: '' });
});
