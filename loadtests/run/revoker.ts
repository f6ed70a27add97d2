import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RetryingChecker } from '@kakunin/e2e/support/retrying-checker';
import type { ServiceCallError, ServiceClient } from '@kakunin/service-client';
import { z } from 'zod';
import { registryOf } from './operator.ts';
import type { Target } from './target.ts';

const POLL_MS = 200;
/** An authority sends again what was not acknowledged; the same revocation twice is one. */
const REPEAT_MS = 500;
/** A revocation that nobody has heard of for so long is one that was lost: no outage of ours lasts so long. */
const LOST_MS = 120_000;

/** A revocation that was taken, sooner or later. */
export interface AcknowledgedRevocation {
  /** When it was first sent: seconds since the load began. */
  readonly second: number;
  /** Milliseconds from then until it was acknowledged. */
  readonly delay: number;
}

/** A revocation that an answer told of. */
export interface SeenRevocation {
  /** When it was acknowledged: seconds since the load began. */
  readonly second: number;
  /** Milliseconds from then to the first answer that said `revoked`. */
  readonly delay: number;
}

/** A certificate authority that revokes while the load runs, and asks until the revocation is answered. */
export class Revoker {
  readonly acknowledged: AcknowledgedRevocation[] = [];
  readonly seen: SeenRevocation[] = [];
  /** Revocations that were acknowledged and not answered within two minutes. */
  lost = 0;
  /** How often one was sent again. */
  repeated = 0;
  /** Revocations that were never acknowledged, by what was said instead at last. */
  readonly unacknowledged = new Map<string, number>();
  /** Definite answers to what it asked itself: they are charged as well. */
  charged = 0;
  /** Checks that it gave up, each asked again to the octet until then: recorded once at most. */
  unanswered = 0;
  /** Answers that do not verify. */
  refused = 0;
  readonly #registry: ServiceClient;
  readonly #authorityId: string;
  readonly #checker: RetryingChecker;
  readonly #underWay = new Set<Promise<void>>();
  #next: number;
  readonly #first: number;
  readonly #end: number;

  constructor({
    folder,
    plainOcspUrl,
    authorities,
    spare,
  }: Pick<Target, 'folder' | 'plainOcspUrl' | 'authorities' | 'spare'>) {
    const { authorityId } = authorities[0]!;
    this.#registry = registryOf(folder);
    this.#authorityId = authorityId;
    this.#checker = new RetryingChecker(plainOcspUrl, join(folder, `${authorityId}.pem`));
    this.#next = spare.firstSerial;
    this.#first = spare.firstSerial;
    this.#end = spare.firstSerial + spare.count;
  }

  /** How many of the spare certificates were used up. */
  get used(): number {
    return this.#next - this.#first;
  }

  /** Revokes at this rate until told to end; resolves when each revocation was answered or given up. */
  async run(aSecond: number, ends: AbortSignal): Promise<void> {
    const began = Date.now();
    if (aSecond > 0) {
      for (let count = 0; !ends.aborted; count += 1) {
        await sleep(Math.max(0, began + (count * 1_000) / aSecond - Date.now()), undefined, { signal: ends }).catch(
          () => undefined,
        );
        if (ends.aborted || this.#next === this.#end) break;
        const one = this.#revoke((this.#next++).toString(16), began).finally(() => this.#underWay.delete(one));
        this.#underWay.add(one);
      }
    }
    await Promise.all(this.#underWay);
  }

  async #revoke(serialNumber: string, began: number): Promise<void> {
    const sent = Date.now();
    const refusal = await this.#acknowledge(serialNumber, sent + LOST_MS);
    if (refusal !== undefined) {
      this.unacknowledged.set(refusal, (this.unacknowledged.get(refusal) ?? 0) + 1);
      return;
    }
    const acknowledged = Date.now();
    this.acknowledged.push({ second: (sent - began) / 1_000, delay: acknowledged - sent });
    while (Date.now() - acknowledged < LOST_MS) {
      const status = await this.#check(serialNumber, acknowledged + LOST_MS - Date.now());
      if (status === 'revoked') {
        this.seen.push({ second: (acknowledged - began) / 1_000, delay: Date.now() - acknowledged });
        return;
      }
      await sleep(POLL_MS);
    }
    this.lost += 1;
  }

  /** Sends it until it is acknowledged, or refused for good. @returns what was said instead at last */
  async #acknowledge(serialNumber: string, deadline: number): Promise<string | undefined> {
    const path = `/authorities/${this.#authorityId}/revocations`;
    for (;;) {
      try {
        await this.#registry.post(path, { serialNumber, reason: 'keyCompromise' }, z.unknown());
        return undefined;
      } catch (error) {
        const { code, problem } = error as ServiceCallError;
        if ((code !== 'unable' && code !== 'unreachable') || Date.now() + REPEAT_MS > deadline) return problem ?? code;
      }
      await sleep(REPEAT_MS);
      this.repeated += 1;
    }
  }

  /** @param patience ms in which the same request is asked again, which is charged once, until there is an answer */
  async #check(serialNumber: string, patience: number): Promise<string | undefined> {
    try {
      const status = await this.#checker.checkWithin(serialNumber, patience);
      if (status === undefined) this.unanswered += 1;
      else this.charged += 1;
      return status;
    } catch {
      // Whoever answers must have recorded it.
      this.charged += 1;
      this.refused += 1;
      return undefined;
    }
  }
}
