import type { Clock } from '@kakunin/calendar';
import type { Authority, StatusWatermark } from '@kakunin/certificates';
import { CERTIFICATE_EVENTS, eventIdentity } from '@kakunin/event-log';
import type { EventIdentity, EventRecord, Position } from '@kakunin/event-log';
import { StatusIndex } from '@kakunin/status-index';
import type { SealingKeysByVersion } from '@kakunin/status-index';
import { parseCertificate, serialNumberOctets } from '@kakunin/x509';
import { AuthorityFeed } from './authority-feed.ts';
import type { AuthorityStatus } from './authority-feed.ts';
import { BlockedEvents } from './blocked-events.ts';
import type { BlockedEvent } from './blocked-events.ts';
import { decodeCertificateEvent } from './certificate-event-codec.ts';
import type { CertificateStatusEvent, DeadLetterResolvedEvent } from './certificate-event-codec.ts';
import type { LastEvent } from './last-event.ts';
import { PartitionProgress } from './partition-progress.ts';
import { StatusFeedError } from './status-feed-error.ts';
import type { StatusSnapshot } from './status-snapshot.ts';

export interface StatusFeedInput {
  readonly clock: Clock;
  /** Data older than this many milliseconds is stale: nothing may be answered from it. */
  readonly maxAge: number;
  /** Where to go on from; without it the feed begins empty, at the beginning of the topic. */
  readonly snapshot?: StatusSnapshot | undefined;
  /** The keys of an authority whose serial numbers are sealed, as they are now. */
  readonly sealingKeysOf?: ((authorityId: string) => SealingKeysByVersion) | undefined;
}

/** The status of all authorities, as `certificate-events` and `status-watermarks` tell it. Written by one thread. */
export class StatusFeed {
  readonly maxAge: number;
  readonly #clock: Clock;
  readonly #sealingKeysOf: (authorityId: string) => SealingKeysByVersion;
  #progress: PartitionProgress;
  #blocked: BlockedEvents;
  readonly #authorities = new Map<string, AuthorityFeed>();
  readonly #listeners = new Set<(authorityId: string) => void>();
  /** Authorities whose listeners have not been told yet. */
  readonly #changed = new Set<string>();
  #appliedCount = 0;
  #isComplete = false;
  readonly #completion = Promise.withResolvers<void>();
  /** Until a snapshot is known to be of this log, nothing of it is fresh. */
  #confirmed: boolean;

  constructor({ clock, maxAge, snapshot, sealingKeysOf = () => new Map() }: StatusFeedInput) {
    this.#clock = clock;
    this.#sealingKeysOf = sealingKeysOf;
    this.maxAge = maxAge;
    this.#progress = new PartitionProgress(snapshot?.lastEvents, snapshot?.asOf);
    this.#blocked = new BlockedEvents(snapshot?.blocked);
    this.#confirmed = snapshot === undefined;
    for (const held of snapshot?.authorities ?? []) this.#add(held);
  }

  get(authorityId: string): AuthorityStatus | undefined {
    return this.#authorities.get(authorityId);
  }

  /** Label of the partition of a certificate; undefined when it is of none, or not known. */
  partitionOf(authorityId: string, serial: Uint8Array): string | undefined {
    return this.#authorities.get(authorityId)?.index.partitionOf(serial);
  }

  authorities(): readonly AuthorityStatus[] {
    return [...this.#authorities.values()];
  }

  /**
   * Whether this authority may be answered for now: not blocked, and its data not older than `maxAge`. Data that is as
   * far ahead is no better: our clock was set back, and nobody knows how old it is.
   */
  isFresh({ blocked, asOf }: AuthorityStatus): boolean {
    return !blocked && Math.abs(this.#clock.now() - asOf) <= this.maxAge;
  }

  /** Every authority registered before this process began is here: only from then on is one unknown. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Resolves once the feed {@link isComplete}. */
  get whenComplete(): Promise<void> {
    return this.#completion.promise;
  }

  /** `certificate-events` was read to where it ended when reading began. */
  onCaughtUp(): void {
    this.#isComplete = true;
    this.#completion.resolve();
  }

  /**
   * Tells of each authority that is new or forgotten, whose index changed, or that was blocked or released: once for each
   * batch, after it.
   * @returns how to stop listening
   */
  onChange(listener: (authorityId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The refused events that nobody has resolved yet. */
  blockedEvents(): readonly BlockedEvent[] {
    return this.#blocked.all();
  }

  /** The oldest instant that data of any partition is true for; 0 before the first watermark was reached. */
  get oldestAsOf(): number {
    return this.#confirmed ? this.#progress.oldestAsOf : 0;
  }

  /** Events applied since this process began. */
  get appliedCount(): number {
    return this.#appliedCount;
  }

  /** Where reading `certificate-events` goes on. */
  positions(): readonly Position[] {
    return this.#progress.lastEvents().map(({ partition, offset }) => {
      return { topic: CERTIFICATE_EVENTS, partition, nextOffset: offset + 1n };
    });
  }

  /** The newest event of each partition that was dealt with. */
  lastEvents(): readonly LastEvent[] {
    return this.#progress.lastEvents();
  }

  /**
   * The snapshot that the feed began with is of the log that it follows. Nothing is fresh before the events up to these
   * ends were applied: what was answered before a restart must not be answered otherwise after it.
   */
  confirm(ends: readonly Position[]): void {
    this.#progress.catchUpWith(ends);
    this.#confirmed = true;
    this.#settle();
  }

  /** The snapshot was of another log: begins empty, at the beginning of the topic, and is yet to be confirmed. */
  reset(): void {
    this.#progress = new PartitionProgress();
    this.#blocked = new BlockedEvents();
    for (const [authorityId, { freshness }] of this.#authorities) {
      freshness.set({ asOf: 0, blocked: false });
      this.#changed.add(authorityId);
    }
    this.#authorities.clear();
  }

  /**
   * Applies events of one partition in order. When one is refused, those before it stay applied, and handing the same
   * batch over again goes on at the refused one.
   * @throws StatusFeedError | StatusIndexError | X509Error | EventLogError for the event that is refused
   */
  apply(batch: readonly EventRecord[]): void {
    try {
      for (const event of batch) {
        if (!this.#progress.isNew(event)) continue;
        this.#applyEvent(event);
        this.#progress.advance(event);
        this.#appliedCount += 1;
      }
    } finally {
      this.#settle();
    }
  }

  /** Goes on behind an event that was refused: its authority is blocked from here on. */
  block(event: EventRecord, reason: string): void {
    if (!this.#progress.isNew(event)) return;
    const { key: authorityId, partition, offset } = event;
    this.#blocked.add({ authorityId, partition, offset, reason });
    this.#changed.add(authorityId);
    this.#progress.advance(event);
    this.#settle();
  }

  /**
   * A watermark of a clock ahead makes nothing fresher than now, nor than the moment when the log took it. One that is
   * further ahead than data may be old counts for nothing: it is read again after a restart, and may be as old as that.
   * @param loggedAt epoch milliseconds
   */
  applyWatermark({ at, positions }: StatusWatermark, loggedAt = this.#clock.now()): void {
    const now = this.#clock.now();
    if (at - now > this.maxAge) return;
    this.#progress.addWatermark({ at: Math.min(at, loggedAt, now), positions });
    this.#settle();
  }

  /** The feed as it stands at this moment; it may be written out while events go on. */
  snapshot(): StatusSnapshot {
    return {
      lastEvents: this.#progress.lastEvents(),
      asOf: this.#progress.asOfEntries(),
      blocked: this.#blocked.all(),
      authorities: [...this.#authorities.values()].map(({ authority, partition, applied, index }) => {
        return { authority, partition, applied, index };
      }),
    };
  }

  #applyEvent(record: EventRecord): void {
    const event = decodeCertificateEvent(record);
    const identity = eventIdentity(record);
    if (event.type === 'dead_letter_resolved') return this.#release(event);
    if (event.type === 'authority_registered') return this.#register(event.authority, record.partition);
    this.#put(event, identity);
  }

  #register(authority: Authority, partition: number): void {
    const known = this.#authorities.get(authority.authorityId);
    if (known && JSON.stringify(known.authority) !== JSON.stringify(authority)) {
      throw new StatusFeedError(
        'authority_differs',
        'An authority is registered again with another key, class or scheme.',
      );
    }
    if (known) return;
    // One that cannot be read would fail everyone who asks for it.
    parseCertificate(Buffer.from(authority.certificate, 'base64'));
    const index = StatusIndex.create(authority.serialScheme, {
      fingerprints: authority.certHash,
      partitions: authority.partitioned,
    });
    this.#add({ authority, partition, index, applied: {} });
    this.#changed.add(authority.authorityId);
  }

  #put(
    { authorityId, serialNumber, notAfter, carrier, status, fingerprint: hex, partition }: CertificateStatusEvent,
    identity: EventIdentity,
  ): void {
    const feed = this.#authorities.get(authorityId);
    if (!feed) throw new StatusFeedError('authority_unknown', 'A certificate status came before its authority.');
    if (!feed.isNew(identity)) return;
    const fingerprint = hex === undefined ? undefined : Buffer.from(hex, 'hex');
    const changed = feed.put(serialNumberOctets(serialNumber), { notAfter, carrier, status, fingerprint, partition });
    feed.remember(identity);
    if (changed) this.#changed.add(authorityId);
  }

  #release({ authorityId, partition, offset }: DeadLetterResolvedEvent): void {
    if (this.#blocked.resolve({ authorityId, partition, offset: BigInt(offset) })) this.#changed.add(authorityId);
  }

  #add(held: StatusSnapshot['authorities'][number]): void {
    const { authorityId } = held.authority;
    const asOf = (): number => (this.#confirmed ? this.#progress.asOf(held.partition) : 0);
    const blocked = (): boolean => this.#blocked.has(authorityId);
    const sealingKeys = (): SealingKeysByVersion => this.#sealingKeysOf(authorityId);
    this.#authorities.set(authorityId, new AuthorityFeed({ ...held, asOf, blocked, sealingKeys }));
  }

  #settle(): void {
    this.#progress.settle(this.#clock.now());
    for (const authority of this.#authorities.values()) {
      if (authority.missingSealingKeys.length > 0) authority.readSealingKeys();
      authority.freshness.set(authority);
    }
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const authorityId of changed) for (const listener of this.#listeners) listener(authorityId);
  }
}
