import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ResponseHead } from './response-head.ts';

const NOON = Date.UTC(2026, 10, 22, 12);
const clock = { time: NOON, now: () => clock.time };

test('a whole response', () => {
  const head = new ResponseHead(clock, ['HTTP/1.1 200 OK', 'Content-Type: application/ocsp-response']);
  expect(head.respond(Buffer.from('body')).toString()).toBe(
    [
      'HTTP/1.1 200 OK',
      'Content-Type: application/ocsp-response',
      'Date: Sun, 22 Nov 2026 12:00:00 GMT',
      'Content-Length: 4',
      '',
      'body',
    ].join('\r\n'),
  );
});

test('the date follows the clock, forwards and backwards', () => {
  const head = new ResponseHead(clock, ['HTTP/1.1 200 OK']);
  const dateAt = (time: number): string | undefined => {
    clock.time = time;
    return /^Date: (.*)\r$/m.exec(head.respond(Buffer.alloc(0)).toString())?.[1];
  };
  const times = [NOON + 999, NOON + 1_000, NOON - 1, NOON + 86_400_000];
  expect(times.map(dateAt)).toEqual(times.map((time) => new Date(time).toUTCString()));
});

test('any length, anywhere in a buffer', () => {
  const head = new ResponseHead(clock, ['HTTP/1.1 200 OK']);
  fc.assert(
    fc.property(fc.nat(20_000_000), fc.nat(20), (length, at) => {
      const target = Buffer.alloc(200);
      const end = head.write(target, at, length);
      expect(end - at).toBe(head.lengthFor(length));
      expect(target.toString('latin1', at, end).endsWith(`\r\nContent-Length: ${length}\r\n\r\n`)).toBe(true);
      expect(target[end]).toBe(0);
    }),
    {
      examples: [
        [0, 0],
        [9, 0],
        [10, 0],
        [99_999, 3],
        [100_000, 3],
      ],
    },
  );
});
