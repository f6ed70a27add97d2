import type { Clock } from '@kakunin/calendar';

const DATE_OCTETS = 'Thu, 01 Jan 1970 00:00:00 GMT'.length;
const ZERO = 0x30;
const CR = 0x0d;
const LF = 0x0a;

/** A response's constant head, with `Date` (RFC 9110, 6.6.1) made anew once a second and Content-Length at its end. */
export class ResponseHead {
  readonly #clock: Clock;
  /** Up to where the digits of Content-Length begin. */
  readonly #fixed: Buffer;
  readonly #dateAt: number;
  #second = Number.NaN;

  /** @param lines status line and headers, without Date and Content-Length */
  constructor(clock: Clock, lines: readonly string[]) {
    const beforeDate = `${lines.join('\r\n')}\r\nDate: `;
    this.#clock = clock;
    this.#dateAt = beforeDate.length;
    this.#fixed = Buffer.from(`${beforeDate}${' '.repeat(DATE_OCTETS)}\r\nContent-Length: `, 'latin1');
  }

  /** Octets of the head of a response with a body of this length. */
  lengthFor(bodyLength: number): number {
    return this.#fixed.length + digitsOf(bodyLength) + 4;
  }

  /** Writes that head. @returns where the body begins */
  write(target: Uint8Array, at: number, bodyLength: number): number {
    const second = Math.floor(this.#clock.now() / 1_000);
    if (second !== this.#second) this.#setDate(second);
    target.set(this.#fixed, at);
    const end = at + this.#fixed.length + digitsOf(bodyLength);
    let digit = end;
    for (let rest = bodyLength; digit === end || rest > 0; rest = Math.trunc(rest / 10))
      target[--digit] = ZERO + (rest % 10);
    target[end] = target[end + 2] = CR;
    target[end + 1] = target[end + 3] = LF;
    return end + 4;
  }

  /** Whole response in octets of its own. */
  respond(body: Uint8Array): Buffer {
    const response = Buffer.allocUnsafe(this.lengthFor(body.length) + body.length);
    response.set(body, this.write(response, 0, body.length));
    return response;
  }

  #setDate(second: number): void {
    this.#second = second;
    this.#fixed.write(new Date(second * 1_000).toUTCString(), this.#dateAt, 'latin1');
  }
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let limit = 10; value >= limit; limit *= 10) digits++;
  return digits;
}
