import type { Logger } from 'pino';
import type { HealthResult } from '@kakunin/runtime';
import type { JournalDirectories } from '@kakunin/usage-journal';
import type { JournalPlace } from '@kakunin/usage-journal/writer';
import { Pulse } from '../worker/pulse.ts';
import type { LogLine, Order, Report, WorkerStart } from '../worker/protocol.ts';
import type { SignerFigure } from '../signing/responder-signers.ts';
import { errorOf, WorkerThread } from './worker-thread.ts';

export interface WorkerPlaceInput {
  readonly number: number;
  readonly journals: Pick<JournalDirectories, 'sealed' | 'reports'>;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Recovers what a predecessor left. */
  readonly prepare: () => Promise<JournalPlace>;
  /** What a worker begins with; from then on it is told of what changes. */
  readonly startWith: (journal: JournalPlace, pulse: SharedArrayBuffer) => WorkerStart;
}

/** A worker that ends is started again after this, doubled with each end that follows soon. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** Who has answered for so long begins with the first pause again. */
const STEADY_MS = 60_000;
/** Looks without a beat after which a worker hangs: 10 s. */
const LOOK_MS = 1_000;
const MISSED_LOOKS = 10;

/** The place of one worker: whoever works there and ends is replaced, until the place is closed. */
export class WorkerPlace {
  readonly #input: WorkerPlaceInput;
  readonly #pulse = new Pulse();
  #thread: WorkerThread | undefined;
  #ports: Readonly<Record<string, number>> | undefined;
  #state: Extract<Report, { type: 'state' }> | undefined;
  #problem: string | undefined = 'it has not begun to answer yet';
  #restarts = 0;
  #pause = FIRST_PAUSE_MS;
  #closing = false;
  #next: Promise<void> = Promise.resolve();
  #wake = (): void => {};
  #closed = Promise.withResolvers<void>();
  #watch: NodeJS.Timeout | undefined;

  constructor(input: WorkerPlaceInput) {
    this.#input = input;
  }

  /** How often a worker of this place was replaced. */
  get restarts(): number {
    return this.#restarts;
  }

  /** What is wrong, undefined while it answers. */
  get problem(): string | undefined {
    return this.#problem;
  }

  get signers(): HealthResult | undefined {
    return this.#state?.signers;
  }

  get signerFigures(): readonly SignerFigure[] {
    return this.#state?.signerFigures ?? [];
  }

  /** @returns the ports of the first worker of this place @throws what kept it from answering; nobody replaces it then */
  async open(): Promise<Readonly<Record<string, number>>> {
    const ports = await this.#start();
    this.#watch = setInterval(
      watcherOf(this.#pulse, () => this.#endHanging()),
      LOOK_MS,
    );
    return ports;
  }

  order(order: Order): void {
    this.#thread?.order(order);
  }

  /** Ends the worker at once, as a crash does: for tests. */
  async crash(): Promise<void> {
    await this.#thread?.terminate();
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#watch);
    this.#wake();
    await this.#next;
    await this.#thread?.close(this.#closed.promise);
    this.#thread = undefined;
  }

  async #start(): Promise<Readonly<Record<string, number>>> {
    const journal = await this.#input.prepare();
    const { promise, resolve, reject } = Promise.withResolvers<Readonly<Record<string, number>>>();
    const thread = new WorkerThread(this.#input.startWith(journal, this.#pulse.memory), (report) => {
      if (report.type === 'listening') resolve(report.ports);
      else if (report.type === 'not_started') reject(errorOf(report.failure));
      else this.#hear(report);
    });
    this.#thread = thread;
    void thread.ended.then((reason) => reject(new Error(reason)));
    try {
      this.#ports = await promise;
    } catch (error) {
      await thread.terminate();
      this.#thread = undefined;
      throw error;
    }
    this.#problem = undefined;
    const since = performance.now();
    void thread.ended.then((reason) => this.#ended(reason, performance.now() - since));
    return this.#ports;
  }

  #hear(report: Exclude<Report, { type: 'listening' | 'not_started' }>): void {
    const { number, journals } = this.#input;
    switch (report.type) {
      case 'sealed':
        return journals.sealed(number, report.segment);
      case 'journal_fault':
        return journals.reports.fault(number, report.fault);
      case 'state':
        journals.reports.figures(number, report.journalFigures);
        this.#state = report;
        return;
      case 'closed':
        return this.#closed.resolve();
      case 'log':
        return this.#log(report);
    }
  }

  #log({ level, message, failure }: LogLine): void {
    const { number: worker, logger } = this.#input;
    logger[level]({ worker, ...(failure && { err: errorOf(failure) }) }, message);
  }

  #ended(reason: string, livedMs: number): void {
    if (this.#closing) return;
    const { number: worker, logger } = this.#input;
    logger.error({ worker, reason }, 'a worker ended by itself; it is replaced');
    this.#thread = undefined;
    this.#problem = `it ended and is being replaced: ${firstLineOf(reason)}`;
    this.#restarts += 1;
    if (livedMs > STEADY_MS) this.#pause = FIRST_PAUSE_MS;
    this.#next = this.#replace();
  }

  async #replace(): Promise<void> {
    const { number: worker, logger } = this.#input;
    while (!this.#closing) {
      await this.#rest();
      if (this.#closing) return;
      try {
        await this.#start();
        return logger.info({ worker }, 'a worker answers in the place of one that ended');
      } catch (error) {
        this.#problem = `it cannot be replaced: ${firstLineOf((error as Error).message)}`;
        logger.error({ worker, err: error }, 'a worker could not be replaced; it is tried again');
      }
    }
  }

  async #rest(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = setTimeout(resolve, this.#pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
    await promise;
    clearTimeout(timer);
  }

  #endHanging(): void {
    if (!this.#thread || this.#problem !== undefined) return;
    this.#input.logger.error({ worker: this.#input.number }, 'a worker hangs: it is ended');
    void this.#thread.terminate();
  }
}

const firstLineOf = (text: string): string => text.split('\n', 1)[0] ?? text;

/** Calls when the pulse stood still for some looks of ours: a process that was stopped as a whole missed none. */
function watcherOf(pulse: Pulse, onStill: () => void): () => void {
  let seen = -1;
  let missed = 0;
  return () => {
    missed = pulse.beats === seen ? missed + 1 : 0;
    seen = pulse.beats;
    if (missed < MISSED_LOOKS) return;
    missed = 0;
    onStill();
  };
}
