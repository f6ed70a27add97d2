import type { OctetRange } from '@kakunin/objects';
import type { Answer } from '../answer.ts';
import type { HotFile } from './hot-files.ts';

/** An answer as it goes over the wire, good for a moment. */
export interface RenderedAnswer {
  readonly head: Buffer;
  /** The file whose octets are the content; absent: there is no content. */
  readonly file?: HotFile | undefined;
  readonly content?: Required<OctetRange> | undefined;
  /** Epoch milliseconds: neither before nor after is it given again. */
  readonly from: number;
  readonly until: number;
  /** How many pointers had been moved. */
  readonly moves: number;
}

const REASONS = {
  200: 'OK',
  206: 'Partial Content',
  304: 'Not Modified',
  412: 'Precondition Failed',
  416: 'Range Not Satisfiable',
};

/** @param now epoch milliseconds, for `Date` (RFC 9110, 6.6.1) */
export function renderHead({ status, headers }: Answer, now: number): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const date = new Date(now).toUTCString();
  return Buffer.from(`HTTP/1.1 ${status} ${REASONS[status]}\r\n${lines}date: ${date}\r\n\r\n`, 'latin1');
}
