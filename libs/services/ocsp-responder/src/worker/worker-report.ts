import type { MessagePort } from 'node:worker_threads';
import { failureOf } from './protocol.ts';
import type { Report } from './protocol.ts';

/** What a worker tells the main thread, its log lines included: the main thread writes them. */
export class WorkerReport {
  readonly #port: Pick<MessagePort, 'postMessage'>;

  constructor(port: Pick<MessagePort, 'postMessage'>) {
    this.#port = port;
  }

  send(report: Report): void {
    this.#port.postMessage(report);
  }

  info(message: string): void {
    this.send({ type: 'log', level: 'info', message });
  }

  warn(message: string): void {
    this.send({ type: 'log', level: 'warn', message });
  }

  error(message: string, error: unknown): void {
    this.send({ type: 'log', level: 'error', message, failure: failureOf(error) });
  }
}
