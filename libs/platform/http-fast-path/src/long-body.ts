import type { Socket } from 'node:net';
import type { LongResponse } from './fast-path.ts';

/**
 * Octets written at a time: with less, a long answer costs up to half more, and a client that takes one such piece within the
 * limit of a request is not too slow.
 */
const PIECE = 1024 * 1024;

/** A response on its way to a client: of the body only views are written, so that a slow client holds no copy of it. */
export class LongBody {
  readonly #socket: Socket;
  readonly #response: LongResponse;
  #at = 0;
  #ended = false;

  constructor(socket: Socket, response: LongResponse) {
    this.#socket = socket;
    this.#response = response;
  }

  /** Writes on until the socket's buffer is full. @returns false when everything is written, and nothing waits */
  write(): boolean {
    const { head, body } = this.#response;
    if (this.#at === 0) {
      this.#socket.cork();
      this.#socket.write(head);
      this.#writePiece();
      this.#socket.uncork();
    }
    while (!this.#socket.writableNeedDrain && this.#at < body.length) this.#writePiece();
    if (this.#socket.writableNeedDrain) return true;
    this.end();
    return false;
  }

  /** Nothing reads the body any more. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#response.done?.();
  }

  #writePiece(): void {
    const { body } = this.#response;
    this.#socket.write(body.subarray(this.#at, this.#at + PIECE));
    this.#at = Math.min(this.#at + PIECE, body.length);
  }
}
