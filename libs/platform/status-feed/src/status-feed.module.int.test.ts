import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CERTIFICATE_EVENTS, deadLetterTopic, TOPICS } from '@kakunin/event-log';
import type { NewEvent } from '@kakunin/event-log';
import { PostgresEventLog } from '@kakunin/event-log-postgres';
import { createLogger, defineConfig, readConfig, startService } from '@kakunin/runtime';
import type { RunningService, Service } from '@kakunin/runtime';
import { sharedTestPostgres } from '@kakunin/testing';
import type { TestDatabases } from '@kakunin/testing';
import { serialNumberOctets } from '@kakunin/x509';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { StatusFeedModule } from './status-feed.module.ts';
import { StatusFeed } from './status-feed.ts';
import {
  authorityOf,
  certificateEvent,
  certificateStatus,
  good,
  registered,
  revoked,
  watermark,
} from './testing/status-events.ts';

const config = defineConfig({
  service: 'follower',
  prefix: 'KAKUNIN_FOLLOWER_',
  managementPort: 0,
  schema: z.object({}),
});
const logger = createLogger('follower', 'silent');
let server: TestDatabases;
let log: PostgresEventLog;
let directory: string;
let running: RunningService | undefined;
let databases = 0;

beforeAll(async () => {
  server = await sharedTestPostgres();
});
afterAll(() => server.stop());
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'kakunin-status-'));
  log = await newLog();
});
afterEach(async () => {
  await stop();
  await log.close();
  rmSync(directory, { recursive: true });
});

async function newLog(): Promise<PostgresEventLog> {
  const opened = new PostgresEventLog({ url: await server.createDatabase(`event_log_${(databases += 1)}`) });
  await opened.whenReady();
  await opened.createTopics(TOPICS);
  return opened;
}

async function start(): Promise<StatusFeed> {
  const service: Service<typeof config> = {
    name: 'follower',
    config,
    module: () => StatusFeedModule.register({ consumer: 'follower', snapshotDirectory: directory }),
    listeners: () => [],
  };
  running = await startService(service, { config: readConfig(config, {}), eventLog: log, logger });
  return running.app.get(StatusFeed);
}
async function stop(): Promise<void> {
  await running?.close();
  running = undefined;
}
const manage = async (path: string): Promise<string> =>
  (await fetch(`http://127.0.0.1:${running?.managementPort}${path}`)).text();

/** As the registry does: the events, and then a watermark behind them. */
async function publish(...events: NewEvent[]): Promise<void> {
  await log.append(events);
  const ends = await log.endPositions(CERTIFICATE_EVENTS);
  const positions = ends.map(({ partition, nextOffset }) => ({ partition, nextOffset: nextOffset.toString() }));
  await log.append([watermark(Date.now(), positions)]);
}

const status = (id: string, serial: string, what = good): NewEvent =>
  certificateEvent(certificateStatus(id, serial, what));
const stateOf = (feed: StatusFeed, id: string, serial: string) =>
  feed.get(id)?.index.lookup(serialNumberOctets(serial)).state;
const fresh = (feed: StatusFeed): string[] =>
  feed.authorities().flatMap((held) => (feed.isFresh(held) ? held.authority.authorityId : []));
const eventually = <T>(value: () => T) => expect.poll(value, { timeout: 20_000, interval: 20 });

it('follows the topic, is not ready before a watermark, and goes on from its snapshot', async () => {
  await log.append([certificateEvent(registered(authorityOf('a'))), status('a', '1'), status('a', '2')]);
  const first = await start();
  await eventually(() => stateOf(first, 'a', '2')).toBe('good');
  expect(await manage('/readyz?verbose')).toMatch(/\[-\] status-data: No status watermark/);
  await publish(status('a', '2', revoked('superseded')));
  await eventually(() => manage('/readyz?verbose')).toMatch(/\[\+\] status-data/);
  expect([stateOf(first, 'a', '2'), fresh(first)]).toEqual(['revoked', ['a']]);
  expect(await manage('/metrics')).toContain('kakunin_status_entries{authority="a",state="revoked"} 1');
  await stop();
  expect(readdirSync(directory)).toHaveLength(1);

  await publish(status('a', '3', revoked('certificateHold')));
  const second = await start();
  await eventually(() => stateOf(second, 'a', '3')).toBe('revoked');
  await eventually(() => fresh(second)).toEqual(['a']);
  expect([stateOf(second, 'a', '2'), second.appliedCount]).toEqual(['revoked', 1]);
});

it('blocks the authority of a poison event, through a restart, until an operator resolves it', async () => {
  const poison = { ...status('a', '9'), value: Buffer.from('poison') };
  await publish(
    certificateEvent(registered(authorityOf('a'))),
    certificateEvent(registered(authorityOf('b'))),
    poison,
    status('a', '1'),
  );
  const first = await start();
  await eventually(() => stateOf(first, 'a', '1')).toBe('good');
  await eventually(() => fresh(first)).toEqual(['b']);
  expect(await manage('/readyz?verbose')).toMatch(/\[-\] status-data: Authority a is blocked .*undecodable/);
  expect(await manage('/metrics')).toContain('kakunin_status_authority_blocked{authority="a"} 1');
  expect(await log.endPositions(deadLetterTopic(CERTIFICATE_EVENTS))).toEqual([
    { topic: deadLetterTopic(CERTIFICATE_EVENTS), partition: 0, nextOffset: 1n },
  ]);
  await stop();

  const second = await start();
  await eventually(() => fresh(second)).toEqual(['b']);
  const [{ partition, offset } = { partition: -1, offset: -1n }] = second.blockedEvents();
  const resolution = { authorityId: 'a', partition, offset: offset.toString(), note: 'sent again' };
  await publish(certificateEvent({ type: 'dead_letter_resolved', ...resolution }));
  await eventually(() => fresh(second)).toEqual(['a', 'b']);
  await eventually(() => manage('/readyz')).toBe('ready\n');
});

it('drops a snapshot when the event log was set up anew', async () => {
  await publish(certificateEvent(registered(authorityOf('a'))), status('a', '1'), status('a', '2'));
  const first = await start();
  await eventually(() => fresh(first)).toEqual(['a']);
  await stop();
  await log.close();
  log = await newLog();
  await publish(certificateEvent(registered(authorityOf('a'))), status('a', '1', revoked('superseded')));
  const second = await start();
  await eventually(() => fresh(second)).toEqual(['a']);
  expect([stateOf(second, 'a', '1'), stateOf(second, 'a', '2')]).toEqual(['revoked', 'not_issued']);
});
