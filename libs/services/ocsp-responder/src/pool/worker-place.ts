import type { HealthResult } from '@kakunin/runtime';
import type { JournalDirectories } from '@kakunin/usage-journal';
import type { JournalPlace } from '@kakunin/usage-journal/writer';
import type { Logger } from 'pino';
import type { SignerFigure } from '../signing/responder-signers.ts';
import { Pulse } from '../worker/pulse.ts';
import type { LogLine, Order, Report, WorkerStart } from '../worker/protocol.ts';
import { GrowingPause } from './growing-pause.ts';
import { PulseWatch } from './pulse-watch.ts';
import { errorOf, WorkerThread } from './worker-thread.ts';

export interface WorkerPlaceInput {
  readonly number: number;
  readonly journals: Pick<JournalDirectories, 'prepare' | 'sealed' | 'reports'>;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** What a worker begins with; from then on it is told of what changes. */
  readonly startWith: (journal: JournalPlace, pulse: SharedArrayBuffer) => WorkerStart;
}

type Ports = Readonly<Record<string, number>>;
type State = Extract<Report, { type: 'state' }>;

/** Who has answered for so long is replaced after the first pause again. */
const STEADY_MS = 60_000;
/** A worker that misses so many looks hangs: 10 s. */
const MISSED_LOOKS = 10;
const LOOK_INTERVAL_MS = 1_000;

/** The place of one worker: whoever works there and ends by itself is replaced, until the place is closed. */
export class WorkerPlace {
  readonly #input: WorkerPlaceInput;
  readonly #pulse = new Pulse();
  readonly #pause = new GrowingPause();
  readonly #closed = Promise.withResolvers<void>();
  #thread: WorkerThread | undefined;
  #state: State | undefined;
  #problem: string | undefined = 'it has not begun to answer yet';
  #restarts = 0;
  #replacement: Promise<void> = Promise.resolve();
  #closing = false;
  #looks: NodeJS.Timeout | undefined;

  constructor(input: WorkerPlaceInput) {
    this.#input = input;
  }

  /** How often a worker of this place ended by itself. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Why nobody answers here; undefined while somebody does. */
  get problem(): string | undefined {
    return this.#problem;
  }

  get signers(): HealthResult | undefined {
    return this.#state?.signers;
  }

  get signerFigures(): readonly SignerFigure[] {
    return this.#state?.signerFigures ?? [];
  }

  /** @returns the ports of the first worker @throws what kept it from answering; nobody takes its place then */
  async open(): Promise<Ports> {
    const ports = await this.#fill();
    const watch = new PulseWatch({ pulse: this.#pulse, missedLooks: MISSED_LOOKS, onStill: () => this.#endHanging() });
    this.#looks = setInterval(() => watch.look(), LOOK_INTERVAL_MS);
    return ports;
  }

  /** Told to who works here now; a successor begins with what is true then. */
  order(order: Order): void {
    this.#thread?.order(order);
  }

  /** Ends the worker at once, as a crash does: for tests. */
  async crash(): Promise<void> {
    await this.#thread?.terminate();
  }

  /** Lets the worker answer what was asked and seal its journal. */
  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#looks);
    this.#pause.cut();
    await this.#replacement;
    await this.#thread?.close(this.#closed.promise);
  }

  async #fill(): Promise<Ports> {
    const { number, journals, startWith } = this.#input;
    const journal = await journals.prepare(number);
    if (this.#closing) throw new Error('its place was closed meanwhile');
    const listening = Promise.withResolvers<Ports>();
    const thread = new WorkerThread(startWith(journal, this.#pulse.memory), (report) => {
      if (report.type === 'listening') listening.resolve(report.ports);
      else if (report.type === 'not_started') listening.reject(errorOf(report.failure));
      else this.#hear(report);
    });
    this.#thread = thread;
    void thread.ended.then((reason) => listening.reject(new Error(reason)));
    try {
      const ports = await listening.promise;
      this.#problem = undefined;
      const since = performance.now();
      void thread.ended.then((reason) => this.#ended(reason, performance.now() - since));
      return ports;
    } catch (error) {
      this.#thread = undefined;
      await thread.terminate();
      throw error;
    }
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
      case 'log':
        return this.#log(report);
      case 'closed':
        return this.#closed.resolve();
    }
  }

  #log({ level, message, failure }: LogLine): void {
    const { number: worker, logger } = this.#input;
    logger[level]({ worker, ...(failure && { err: errorOf(failure) }) }, message);
  }

  #ended(reason: string, livedMs: number): void {
    if (this.#closing) return;
    this.#input.logger.error({ worker: this.#input.number, reason }, 'a worker ended by itself; it is replaced');
    this.#thread = undefined;
    this.#problem = `it ended and is being replaced: ${firstLineOf(reason)}`;
    this.#restarts += 1;
    if (livedMs > STEADY_MS) this.#pause.reset();
    this.#replacement = this.#replace();
  }

  async #replace(): Promise<void> {
    const { number: worker, logger } = this.#input;
    for (await this.#pause.rest(); !this.#closing; await this.#pause.rest()) {
      try {
        await this.#fill();
        return logger.info({ worker }, 'a worker answers in the place of one that ended');
      } catch (error) {
        if (this.#closing) return;
        this.#problem = `it cannot be replaced: ${firstLineOf((error as Error).message)}`;
        logger.error({ worker, err: error }, 'a worker could not be replaced; it is tried again');
      }
    }
  }

  #endHanging(): void {
    if (this.#problem !== undefined) return;
    this.#input.logger.error({ worker: this.#input.number }, 'a worker hangs: it is ended');
    // What hangs in the system rather than in JavaScript may take long to end.
    this.#problem = 'it hangs and is being ended';
    void this.#thread?.terminate();
  }
}

const firstLineOf = (text: string): string => text.split('\n', 1)[0] ?? text;
