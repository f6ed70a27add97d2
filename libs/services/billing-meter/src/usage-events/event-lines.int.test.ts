import { execFile } from 'node:child_process';
import type { ClientRequest } from 'node:http';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloudEvent } from '../testing/cloud-events.ts';
import { MeterUnderTest } from '../testing/meter-under-test.ts';
import { json, LINES, Reporting, verdict } from '../testing/reporting.ts';

const run = promisify(execFile);

let meter: MeterUnderTest;
beforeAll(async () => void (meter = await MeterUnderTest.start()));
afterAll(() => meter.stop());
const { send, growth } = new Reporting(() => meter);

describe('lines', () => {
  const answersTo = async (body: string): Promise<Record<string, unknown>[]> =>
    (await send(body, LINES)).body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('are answered one by one, with their numbers', async () => {
    const lines = [cloudEvent({ id: 'l1' }), undefined, 'no JSON', cloudEvent({ id: 'l1' }), cloudEvent({ id: 'l2' })];
    const body = lines.map((line) => (typeof line === 'object' ? JSON.stringify(line) : (line ?? ''))).join('\r\n');
    expect(
      await growth(async () =>
        expect((await answersTo(body)).map(({ line, result }) => [line, result])).toEqual([
          [1, 'accepted'],
          [3, 'refused'],
          [4, 'duplicate'],
          [5, 'accepted'],
        ]),
      ),
    ).toBe(2);
  });

  it('may be more than any batch, and one may be too long', async () => {
    const count = 10_000;
    const lines = Array.from({ length: count }, (_, index) => JSON.stringify(cloudEvent({ id: `s-${index}` })));
    lines.splice(7, 0, JSON.stringify(cloudEvent({ id: 'x'.repeat(20_000) })));
    expect(
      await growth(async () => {
        const answers = await answersTo(lines.join('\n'));
        expect(answers.map(({ line }) => line)).toEqual(lines.map((_, index) => index + 1));
        expect(answers.filter(({ result }) => result === 'refused')).toHaveLength(1);
      }),
    ).toBe(count);
  });
});

describe('a sender of lines', () => {
  /** The first answer to what was written so far. */
  const firstAnswer = (sender: ClientRequest): Promise<string> =>
    new Promise((resolve, reject) => {
      sender.on('error', reject);
      sender.once('response', (response) => response.once('data', (octets: Buffer) => resolve(octets.toString())));
    });

  it('hears of each line while it still sends, and is known when it comes back after breaking off', async () => {
    const line = `${JSON.stringify(cloudEvent({ id: 'slow' }))}\n`;
    const sender = meter.open('/usage-events', 'pf-a', { 'content-type': LINES });
    const answer = firstAnswer(sender);
    sender.write(line);
    expect(JSON.parse(await answer)).toMatchObject({ line: 1, result: 'accepted' });
    sender.destroy();
    const again = meter.open('/usage-events', 'pf-a', { 'content-type': LINES });
    const known = firstAnswer(again);
    again.end(line);
    expect(JSON.parse(await known)).toMatchObject({ line: 1, result: 'duplicate' });
  });
});

describe('a full disk', () => {
  /** The kernel refuses every write of this process to a file, as a full disk does; `unlimited` makes room again. */
  const limitFiles = (limit: 0 | 'unlimited') => run('prlimit', ['--pid', `${process.pid}`, `--fsize=${limit}:`]);

  it('is a 503 that counts nothing, and the same event is counted when there is room', async () => {
    const event = cloudEvent({ id: 'full' });
    await limitFiles(0);
    try {
      expect(await growth(async () => expect(await verdict(send(event))).toEqual([503, 'store_unavailable']))).toBe(0);
    } finally {
      await limitFiles('unlimited');
    }
    expect(await growth(async () => expect(await json(send(event))).toMatchObject({ result: 'accepted' }))).toBe(1);
  });
});

describe('a database that goes away', () => {
  it('is a 503, and the last of the lines says where they were interrupted', async () => {
    await meter.postgres.pause();
    expect(await verdict(send(cloudEvent({ id: 'away' })))).toEqual([503, 'database_unavailable']);
    const { status, body } = await send(JSON.stringify(cloudEvent({ id: 'away' })), LINES);
    expect([status, body]).toEqual([200, '{"result":"interrupted"}\n']);
    await meter.postgres.resume();
    await expect.poll(async () => (await send(cloudEvent({ id: 'away' }))).status, { timeout: 20_000 }).toBe(200);
    expect(await json(send(cloudEvent({ id: 'away' })))).toMatchObject({ result: 'duplicate' });
  });
});
