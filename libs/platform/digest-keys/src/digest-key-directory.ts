import { readFile, rm } from 'node:fs/promises';
import { equalOctets } from '@kakunin/der';
import { billingPeriodBounds, calendarYearOf } from '@kakunin/calendar';
import type { BillingPeriod, Clock } from '@kakunin/calendar';
import type { Logger } from 'pino';
import type { DigestKey } from './digest-key.ts';
import { createDigestKey, destroyDigestKey, madeAt, readDigestKeys } from './key-files.ts';

export interface DigestKeyDirectoryInput {
  /** Holds `<year>.key`. */
  readonly directory: string;
  /** Whether keys that are needed are made here. False where several responders share the directory: one hand makes them. */
  readonly makesKeys: boolean;
  /** A key of before there were years: it becomes this year's. */
  readonly formerFile?: string;
  /** How long after its year a key is kept. */
  readonly keptDays: number;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
}

const DAY = 86_400_000;
/** The next year's key is to be there so long before. */
const AHEAD_DAYS = 30;

/** The keys of certificate digests in a directory: made in time where nobody else makes them, and destroyed in time. */
export class DigestKeyDirectory {
  readonly #input: DigestKeyDirectoryInput;
  #keys: readonly DigestKey[] = [];
  #problem: string | undefined;
  #destroyed = 0;
  /** When this process made a key last, epoch ms. */
  #madeAt = 0;

  constructor(input: DigestKeyDirectoryInput) {
    this.#input = input;
  }

  /** As they were read last. */
  get keys(): readonly DigestKey[] {
    return this.#keys;
  }

  /** By this process. */
  get destroyed(): number {
    return this.#destroyed;
  }

  /** Until when there is a key for each instant from now on, epoch ms; now, when there is none. */
  get coveredUntil(): number {
    let until = this.#input.clock.now();
    for (let year = calendarYearOf(until); this.#has(year); year = calendarYearOf(until)) until = endOf(year);
    return until;
  }

  /** Keys whose time has passed, and that are there still. */
  get overdue(): number {
    return this.#keys.filter((key) => this.#isOverdue(key)).length;
  }

  /** Red while there is no key for now: nothing can be metered then. */
  get health(): { readonly ok: boolean; readonly detail: string } {
    const { clock, directory } = this.#input;
    const now = clock.now();
    const year = calendarYearOf(now);
    const problem = this.#problem === undefined ? '' : `; ${this.#problem}`;
    if (!this.#has(year)) return { ok: false, detail: `${missing(directory, year)}${problem}` };
    const next = calendarYearOf(now + AHEAD_DAYS * DAY);
    if (!this.#has(next)) return { ok: true, detail: `warning: ${missing(directory, next)}${problem}` };
    return { ok: true, detail: `a key for ${year}${problem}` };
  }

  /**
   * Reads what is there, makes what is missing if that is wanted, and destroys what has had its time. What fails is told
   * by {@link health}, and the keys that were read before stay.
   */
  async refresh(): Promise<void> {
    try {
      this.#keys = await readDigestKeys(this.#input.directory);
      if (this.#input.makesKeys) await this.#make();
      await this.#destroy();
      this.#problem = undefined;
    } catch (error) {
      const problem = `${this.#input.directory}: ${(error as Error).message}`;
      if (problem !== this.#problem) this.#input.logger.error({ err: error }, 'digest keys cannot be kept in order');
      this.#problem = problem;
    }
  }

  async #make(): Promise<void> {
    const { directory, clock, formerFile, logger } = this.#input;
    const now = clock.now();
    const former = formerFile === undefined ? undefined : await readFormer(formerFile);
    const years = new Set([calendarYearOf(now), calendarYearOf(now + AHEAD_DAYS * DAY)]);
    for (const [index, year] of [...years].entries()) {
      if (this.#has(year)) continue;
      if (await createDigestKey(directory, year, index === 0 ? former : undefined)) {
        this.#madeAt = now;
        logger.info({ year }, 'a digest key was made');
      }
      this.#keys = await readDigestKeys(directory);
    }
    const [current] = this.#keys.filter(({ year }) => year === calendarYearOf(now));
    if (formerFile !== undefined && former && current && equalOctets(former, current.octets)) await rm(formerFile);
  }

  async #destroy(): Promise<void> {
    const { directory, clock, logger } = this.#input;
    const overdue = this.#keys.filter((key) => this.#isOverdue(key));
    if (overdue.length === 0) return;
    // A clock that is far ahead would destroy keys that are needed, and makes, or wants, one that nobody has used yet.
    const made = await madeAt(directory, calendarYearOf(clock.now()));
    if (made === undefined || clock.now() - Math.max(made, this.#madeAt) < DAY) return;
    for (const { year } of overdue) {
      await destroyDigestKey(directory, year);
      this.#destroyed += 1;
      logger.warn({ year }, 'a digest key was destroyed: usage of its year names no certificates any more');
    }
    this.#keys = await readDigestKeys(directory);
  }

  #isOverdue({ year }: DigestKey): boolean {
    return this.#input.clock.now() >= endOf(year) + this.#input.keptDays * DAY;
  }

  #has(year: string): boolean {
    return this.#keys.some((key) => key.year === year);
  }
}

const endOf = (year: string): number => billingPeriodBounds(`${year}-12` as BillingPeriod).end;

const missing = (directory: string, year: string): string =>
  `there is no digest key for ${year}: \`kakunin billing digest-key create ${year} --directory ${directory}\``;

async function readFormer(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}
