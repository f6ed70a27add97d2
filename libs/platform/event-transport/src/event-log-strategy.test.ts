import type { EventBatch, EventRecord, NewEvent, Position } from '@kakunin/event-log';
import { InMemoryEventLog } from '@kakunin/testing';
import { Controller, Inject, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, Payload } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Registry } from 'prom-client';
import 'reflect-metadata';
import { afterEach, expect, test, vi } from 'vitest';
import {
  type CatchUpListener,
  connectEventLog,
  consumeAs,
  type DeadLetterPolicy,
  EventLogStrategy,
  replayFrom,
} from './index.ts';

class Refusal extends Error {
  constructor(readonly code: string) {
    super(`refused: ${code}`);
  }
}

/** What the handlers saw, and how they answer. */
@Injectable()
class Scene implements DeadLetterPolicy, CatchUpListener {
  readonly seen: string[] = [];
  readonly replayed: string[] = [];
  readonly buried: string[] = [];
  /** What had been replayed each time that everything was. */
  readonly caughtUpWith: string[][] = [];
  readonly broken = new Map<string, Error>();
  inits = 0;

  onModuleInit(): void {
    this.inits++;
  }

  positions(): readonly Position[] {
    return [{ topic: 'orders', partition: 0, nextOffset: 2n }];
  }

  onCaughtUp(): void {
    this.caughtUpWith.push([...this.replayed]);
  }

  async onDeadLetter(event: EventRecord): Promise<void> {
    this.buried.push(event.key);
  }
}

@Controller()
class Handlers {
  constructor(@Inject(Scene) private readonly scene: Scene) {}

  @EventPattern('orders', consumeAs({ group: 'kitchen', maxBatchSize: 10 }))
  async cook(@Payload() batch: EventBatch): Promise<void> {
    for (const { key } of batch) {
      const error = this.scene.broken.get(key);
      if (error) throw error;
    }
    this.scene.seen.push(...batch.map(({ key }) => key));
  }

  @EventPattern('orders', replayFrom(Scene, { onDeadLetter: Scene, onCaughtUp: Scene }))
  follow(@Payload() batch: EventBatch): void {
    for (const { key } of batch) {
      if (key === 'poison') throw new Error('unreadable');
      this.scene.replayed.push(key);
    }
  }
}

@Module({ controllers: [Handlers], providers: [Scene] })
class Restaurant {}

const order = (key: string): NewEvent => ({
  topic: 'orders',
  key,
  value: Buffer.from(key),
  headers: { producer: 'x', sequence: '1' },
});

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function open() {
  const log = new InMemoryEventLog([
    { name: 'orders', partitions: 1 },
    { name: 'orders.dead-letter', partitions: 1 },
  ]);
  const registry = new Registry();
  const app = await NestFactory.create(Restaurant, new FastifyAdapter(), { logger: false });
  const logger = { warn: vi.fn(), error: vi.fn() };
  const strategy = new EventLogStrategy({
    eventLog: log,
    consumer: 'restaurant',
    registry,
    logger,
    resolve: (token) => app.get(token as never, { strict: false }),
    sleep: async (_, signal) => {
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
    },
    random: () => 0,
    sampleIntervalMilliseconds: 5,
  });
  connectEventLog(app, strategy);
  const start = async () => {
    await app.startAllMicroservices();
    await app.init();
    closers.push(() => app.close());
  };
  return { app, log, registry, logger, strategy, start, scene: app.get(Scene) };
}

const until = (condition: () => unknown) =>
  vi.waitFor(() => expect(condition()).toBeTruthy(), { timeout: 5_000, interval: 2 });

test('batches reach each handler from its own start, and Nest starts the module once', async () => {
  const { log, scene, start, strategy, registry } = await open();
  await log.append(['a', 'b', 'c'].map(order));
  await start();
  await until(() => scene.seen.length === 3 && scene.replayed.length === 1);
  expect(scene.seen).toEqual(['a', 'b', 'c']);
  expect(scene.replayed).toEqual(['c']);
  expect(scene.inits).toBe(1);
  await until(() => strategy.health().ok);
  expect(await log.committedPositions('orders', 'kitchen')).toEqual([
    { topic: 'orders', partition: 0, nextOffset: 3n },
  ]);
  expect(await registry.metrics()).toContain(
    'kakunin_event_log_events_consumed_total{topic="orders",group="kitchen"} 3',
  );
});

test('who asked for it is told once when a replay has caught up with what was there before', async () => {
  const { log, scene, start } = await open();
  await log.append(['a', 'b', 'c', 'd'].map(order));
  await start();
  await until(() => scene.caughtUpWith.length > 0);
  await log.append([order('e')]);
  await until(() => scene.replayed.includes('e'));
  expect(scene.caughtUpWith).toEqual([['c', 'd']]);
});

test('a replay with nothing before it has caught up when it begins, and not while the log is away', async () => {
  const { log, scene, start, strategy } = await open();
  await log.append(['a', 'b'].map(order));
  log.away = true;
  await start();
  await until(() => strategy.health().detail.includes('unavailable'));
  expect(scene.caughtUpWith).toEqual([]);
  log.away = false;
  await until(() => strategy.health().ok);
  expect(scene.caughtUpWith).toEqual([[]]);
});

test('a poison event goes to the dead-letter topic, and everything around it is handled', async () => {
  const { log, scene, start, registry } = await open();
  scene.broken.set('x', new Error('line 1\nline 2'));
  await log.append(['a', 'x', 'b'].map(order));
  await start();
  await until(() => scene.seen.length === 2);
  expect(scene.seen).toEqual(['a', 'b']);
  const letters: EventRecord[] = [];
  await log.subscribe({
    topics: ['orders.dead-letter'],
    start: { kind: 'positions', positions: [] },
    maxBatchSize: 10,
    onBatch: async (batch) => void letters.push(...batch),
    onFault: () => undefined,
  });
  await until(() => letters.length === 1);
  expect(letters[0]).toMatchObject({
    key: 'x',
    value: Buffer.from('x'),
    headers: {
      producer: 'x',
      sequence: '1',
      'dead-letter-consumer': 'kitchen',
      'dead-letter-topic': 'orders',
      'dead-letter-partition': '0',
      'dead-letter-offset': '1',
      'dead-letter-error': 'Error',
      'dead-letter-reason': 'line 1 line 2',
    },
  });
  expect(await registry.metrics()).toContain('kakunin_event_log_dead_letters_total{topic="orders"} 1');
});

test('a handler may name who takes its dead letters', async () => {
  const { log, scene, start } = await open();
  await log.append(['a', 'b', 'c', 'poison', 'd'].map(order));
  await start();
  await until(() => scene.replayed.includes('d'));
  expect(scene.buried).toEqual(['poison']);
  expect(await log.endPositions('orders.dead-letter')).toMatchObject([{ nextOffset: 0n }]);
});

test('a transient fault is tried again for as long as it lasts, and never becomes a dead letter', async () => {
  const { log, scene, start, strategy, logger } = await open();
  scene.broken.set('a', new Refusal('database_unavailable'));
  await log.append([order('a')]);
  await start();
  await until(() => logger.warn.mock.calls.length > 50);
  expect(scene.seen).toEqual([]);
  expect(strategy.statuses()).toContainEqual(
    expect.objectContaining({ group: 'kitchen', fault: expect.stringContaining('database_unavailable') }),
  );
  scene.broken.clear();
  await until(() => scene.seen.length === 1);
  expect(await log.endPositions('orders.dead-letter')).toMatchObject([{ nextOffset: 0n }]);
  expect(strategy.statuses().every(({ fault }) => fault === undefined)).toBe(true);
});

test('nothing goes on while the dead-letter topic cannot take the event', async () => {
  const { log, scene, start, logger } = await open();
  vi.spyOn(log, 'append').mockRejectedValueOnce(new Error('full')).mockRejectedValueOnce(new Error('full'));
  scene.broken.set('x', new Error('no'));
  const records = InMemoryEventLog.prototype.append.bind(log);
  await records([order('x'), order('b')]);
  await start();
  await until(() => scene.seen.length === 1);
  expect(logger.error).toHaveBeenCalledTimes(1);
  expect(await log.endPositions('orders.dead-letter')).toMatchObject([{ nextOffset: 1n }]);
});

test('a service starts while the log is away, is not ready, and catches up when it comes', async () => {
  const { log, scene, start, strategy } = await open();
  await log.append([order('a')]);
  log.away = true;
  await start();
  await until(() => strategy.health().detail.includes('unavailable'));
  expect(strategy.health().ok).toBe(false);
  log.away = false;
  await until(() => scene.seen.length === 1 && strategy.health().ok);
  log.away = true;
  await until(() => strategy.health().detail.includes('unavailable'));
  expect(strategy.health().ok).toBe(true);
  log.away = false;
  await until(() => strategy.health().detail === 'all topics are read');
});

test('closing ends the retries and leaves the event in the log', async () => {
  const { app, log, scene, start, logger } = await open();
  scene.broken.set('a', new Refusal('unavailable'));
  await log.append([order('a')]);
  await start();
  await until(() => logger.warn.mock.calls.length > 3);
  await app.close();
  expect(await log.committedPositions('orders', 'kitchen')).toMatchObject([{ nextOffset: 0n }]);
});
