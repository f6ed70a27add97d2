import type { Clock } from '@kakunin/calendar';
import { isBlocked, isForgotten, nextBlock, type ProbingBlock, type ProbingBlockReason } from '@kakunin/probing';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { RegistryDatabase } from '../database/registry-database.ts';
import { allBlocks, type CallersBlock, findBlock, putBlock, removeBlock } from './probing-block.store.ts';

/** Callers that are refused for a time, or until somebody has looked into it: in all processes a few seconds later. */
@Injectable()
export class ProbingBlocks {
  /** As they were read last, with those that have ended and are not forgotten. */
  #known: ReadonlyMap<string, ProbingBlock> = new Map();
  /** Not written yet. */
  readonly #pending = new Map<string, ProbingBlockReason>();

  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  has(caller: string): boolean {
    const known = this.#known.get(caller);
    return this.#pending.has(caller) || (known !== undefined && isBlocked(known, this.clock.now()));
  }

  /** When the block of a caller ends, epoch ms; undefined: not by itself, or it is too new to be known. */
  endOf(caller: string): number | undefined {
    return this.#known.get(caller)?.until;
  }

  /** Holds here at once. */
  add(caller: string, reason: ProbingBlockReason): void {
    if (reason === 'honey' || !this.has(caller)) this.#pending.set(caller, reason);
  }

  /** Writes what is new and reads what others wrote. @returns those that are blocked */
  async share(): Promise<readonly string[]> {
    const written = [...this.#pending];
    for (const [caller, reason] of written) await this.#write(caller, reason);
    const all = await allBlocks(this.database);
    this.#known = new Map(all.map(({ caller, ...block }) => [caller, block]));
    // Behind the read: there is no moment in which a caller is let in. What came in between is written next time.
    for (const [caller, reason] of written) {
      if (this.#pending.get(caller) === reason) this.#pending.delete(caller);
    }
    const now = this.clock.now();
    for (const each of all) if (isForgotten(each, now)) await removeBlock(this.database, each);
    return holding(all, now).map(({ caller }) => caller);
  }

  /** Those that hold. */
  async all(): Promise<readonly CallersBlock[]> {
    return holding(await allBlocks(this.database), this.clock.now());
  }

  /** Ends a block before its time, and forgets how often there was one. @returns whether there was one */
  async lift(caller: string): Promise<boolean> {
    const block = (await this.all()).find((each) => each.caller === caller);
    return block !== undefined && removeBlock(this.database, block);
  }

  #write(caller: string, reason: ProbingBlockReason): Promise<void> {
    return this.database.transaction(async (client) => {
      const before = await findBlock(client, caller);
      const block = nextBlock(before, { reason, now: this.clock.now() });
      if (block !== before) await putBlock(client, { caller, ...block });
    });
  }
}

const holding = (all: readonly CallersBlock[], now: number): readonly CallersBlock[] =>
  all.filter((each) => isBlocked(each, now));
