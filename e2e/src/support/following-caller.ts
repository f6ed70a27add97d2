import { setTimeout as sleep } from 'node:timers/promises';
import { RetryingChecker } from './retrying-checker.ts';

/** A responder, as a load balancer knows it. */
export interface Responder {
  readonly url: string;
  readonly managementPort: number;
}

const LOOK_MS = 50;
const AT_ONCE = 4;
const PAUSE_MS = 5;

/** Asks the responders that are ready, one after the other, and nobody twice; what is not answered is counted as lost. */
export class FollowingCaller {
  answered = 0;
  lost = 0;
  readonly #ready = new Set<string>();
  readonly #stopping = new AbortController();
  readonly #running: Promise<unknown>;

  constructor(responders: readonly Responder[], authorityFile: string, serialNumber: string) {
    const checkers = responders.map(({ url }) => new RetryingChecker(url, authorityFile));
    const loops = Array.from({ length: AT_ONCE }, () => this.#ask(checkers, serialNumber));
    this.#running = Promise.all([...responders.map((responder) => this.#look(responder)), ...loops]);
  }

  /** @returns whether the responder is asked */
  asks({ url }: Responder): boolean {
    return this.#ready.has(url);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #look({ url, managementPort }: Responder): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const readiness = await fetch(`http://127.0.0.1:${managementPort}/readyz`).catch(() => undefined);
      if (readiness?.ok) this.#ready.add(url);
      else this.#ready.delete(url);
      await sleep(LOOK_MS);
    }
  }

  async #ask(checkers: readonly RetryingChecker[], serialNumber: string): Promise<void> {
    // The pause leaves a core to the responder that starts.
    for (let turn = 0; !this.#stopping.signal.aborted; turn += 1, await sleep(PAUSE_MS)) {
      const ready = checkers.filter(({ url }) => this.#ready.has(url));
      const checker = ready[turn % ready.length];
      if (!checker) await sleep(LOOK_MS);
      else if ((await checker.checkWithin(serialNumber, 0)) === 'good') this.answered += 1;
      else this.lost += 1;
    }
  }
}
