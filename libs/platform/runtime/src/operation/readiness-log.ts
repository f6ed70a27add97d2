import type { Logger } from 'pino';
import type { Health } from './health.ts';

const INTERVAL_MS = 500;

/** Says in the log when a service becomes ready, and when it no longer is, and why. */
export class ReadinessLog {
  readonly #health: Pick<Health, 'report'>;
  readonly #logger: Pick<Logger, 'info'>;
  /** That a start is not ready at once is no news. */
  #wasReady = false;

  constructor(health: Pick<Health, 'report'>, logger: Pick<Logger, 'info'>) {
    this.#health = health;
    this.#logger = logger;
  }

  /** @returns how to stop */
  start(): () => void {
    const timer = setInterval(() => this.look(), INTERVAL_MS).unref();
    return () => clearInterval(timer);
  }

  look(): void {
    const { ok, checks } = this.#health.report();
    if (ok === this.#wasReady) return;
    this.#wasReady = ok;
    const red = checks.filter((check) => !check.ok).map(({ name, detail }) => `${name}: ${detail}`);
    if (ok) this.#logger.info({ secondsSinceStart: Math.round(process.uptime() * 10) / 10 }, 'ready');
    else this.#logger.info({ red }, 'not ready');
  }
}
