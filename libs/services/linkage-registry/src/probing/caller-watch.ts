import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Authority } from '@kakunin/certificates';
import { ProbingDetector } from '@kakunin/probing';
import { CONFIG } from '@kakunin/runtime';
import type { Certificate } from '@kakunin/x509';
import { Inject, Injectable } from '@nestjs/common';
import type { LinkageRegistryConfig } from '../config.ts';
import { RegistryError } from '../registry-error.ts';
import { CallQuotas } from './call-quotas.ts';
import type { CallLimit } from './call-limits.store.ts';
import { PersonsAsked } from './persons-asked.ts';
import { ProbedOutcomes } from './probed-outcomes.ts';
import { ProbingBlocks } from './probing-blocks.ts';
import { ProbingMetrics } from './probing-metrics.ts';

/** What a call was about, as it turned out. */
export interface Seen {
  readonly authority: Authority | undefined;
  readonly certificate: Certificate;
  /** Who was named, or whose the certificate is that was accepted; undefined: refused. */
  readonly personId: string | undefined;
}

/** A caller that seems to go through serial numbers is answered so much later. */
const SLOWED_DOWN_MS = 1_000;

/** Watches who asks: how often, about how many persons, and in an order that no people have. */
@Injectable()
export class CallerWatch {
  readonly #detector = new ProbingDetector(randomBytes(32));
  readonly #standard: CallLimit;
  #shared: Promise<void> | undefined;

  constructor(
    @Inject(CallQuotas) private readonly quotas: CallQuotas,
    @Inject(PersonsAsked) private readonly persons: PersonsAsked,
    @Inject(ProbingBlocks) private readonly blocks: ProbingBlocks,
    @Inject(ProbedOutcomes) private readonly outcomes: ProbedOutcomes,
    @Inject(ProbingMetrics) private readonly metrics: ProbingMetrics,
    @Inject(CONFIG) config: Pick<LinkageRegistryConfig, 'callsPerHour' | 'personsPerDay'>,
  ) {
    this.#standard = { callsPerHour: config.callsPerHour, personsPerDay: config.personsPerDay };
  }

  /** Before a call is looked at. @throws RegistryError `calls_exhausted` | `persons_exhausted` | `caller_blocked` */
  async admit(caller: string): Promise<void> {
    // What other processes, or this one before it was restarted, have blocked is known before the first call.
    await (this.#shared ?? this.share());
    await this.#counted(async () => {
      if (this.blocks.has(caller)) throw blocked(this.blocks.endOf(caller));
      await this.quotas.take(caller, this.#standard);
      await this.persons.admit(caller, this.#standard);
    });
    if (this.#detector.verdict(caller) !== 'slow_down') return;
    this.metrics.slowedDown.inc();
    await sleep(SLOWED_DOWN_MS);
  }

  /**
   * After it was looked at, whatever came of it. It goes by nothing that the caller does not see in the answer: what it would
   * do to quotas, delays and blocks would tell a certificate that is unknown from one that may not be asked about.
   */
  observe(caller: string, { authority, certificate: { serialNumber }, personId }: Seen): void {
    if (personId !== undefined) void this.persons.add(caller, personId, this.#standard).catch(() => undefined);
    const outcome = this.outcomes.of(authority, serialNumber, personId !== undefined);
    if (outcome.kind === 'honey') this.metrics.honey.inc();
    // What was under way when the caller was blocked is not held against it when it comes back.
    else if (this.blocks.has(caller)) return;
    if (this.#detector.observe(caller, outcome) !== 'block') return;
    this.blocks.add(caller, outcome.kind === 'honey' ? 'honey' : 'probing');
  }

  /** Before a challenge is made, which tells nothing and is a row. @throws RegistryError `calls_exhausted` */
  admitChallenge(caller: string): Promise<void> {
    return this.#counted(() => this.quotas.take(caller, this.#standard, 'challenges'));
  }

  /** Tells other processes what this one has seen, and hears of theirs. */
  share(): Promise<void> {
    const sharing = this.#share();
    this.#shared = sharing;
    sharing.catch(() => (this.#shared = undefined));
    return sharing;
  }

  async #counted(admit: () => Promise<void>): Promise<void> {
    try {
      await admit();
    } catch (error) {
      if (error instanceof RegistryError) this.metrics.refused.inc({ reason: error.code });
      throw error;
    }
  }

  async #share(): Promise<void> {
    await this.outcomes.refresh();
    const blocked = await this.blocks.share();
    for (const caller of blocked) this.#detector.forget(caller);
    this.metrics.blocked.set(blocked.length);
    await this.persons.share(this.#standard);
  }
}

const blocked = (until: number | undefined): RegistryError =>
  new RegistryError(
    'caller_blocked',
    `Your calls look like a search through serial numbers, as most of them are refused or in an order that no people have. They are refused ${
      until === undefined ? 'until the operator has looked into it' : `until ${new Date(until).toISOString()}`
    }.`,
  );
