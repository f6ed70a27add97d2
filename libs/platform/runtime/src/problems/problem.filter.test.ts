import type { ArgumentsHost } from '@nestjs/common';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { ProblemFilter } from './problem.filter.ts';

/** What the filter answers to an error of this request, and how many lines it logs. */
function answerTo(error: unknown, raw: { destroyed: boolean; complete: boolean }) {
  const lines: string[] = [];
  let status = 0;
  const reply = {
    status: (code: number) => ((status = code), reply),
    type: () => reply,
    send: (body: string) => body,
  };
  const http = { getResponse: () => reply, getRequest: () => ({ method: 'POST', url: '/', raw }) };
  const host = { getType: () => 'http', switchToHttp: () => http } as unknown as ArgumentsHost;
  const filter = new ProblemFilter(new Map(), pino({}, { write: (line: string) => void lines.push(line) }));
  const answer = filter.catch.bind(filter);
  const { code } = JSON.parse(answer(error, host) as string) as { code: string };
  return { status, code, lines: lines.length };
}

it('a caller that breaks off its upload is no fault of ours, and is not logged', () => {
  const aborted = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
  expect(answerTo(aborted, { destroyed: true, complete: false })).toEqual({
    status: 400,
    code: 'invalid_request',
    lines: 0,
  });
});

it('whatever else no code names is logged once', () => {
  const reset = Object.assign(new Error('a connection of ours'), { code: 'ECONNRESET' });
  expect(answerTo(reset, { destroyed: true, complete: true })).toEqual({
    status: 500,
    code: 'internal_error',
    lines: 1,
  });
});
