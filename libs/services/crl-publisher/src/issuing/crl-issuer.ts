import type { Clock } from '@kakunin/calendar';
import { type CrlScope, type CrlSeries, hasPartitions, type PublicationProfile } from '@kakunin/publication';
import type { AuthorityStatus } from '@kakunin/status-feed';
import type { FrozenRevocations } from '@kakunin/status-index';
import { parseCertificate, type SigningCredential } from '@kakunin/x509';
import type { PublishedCrls } from '../published-crls.ts';
import type { CrlAnnouncements } from './crl-announcements.store.ts';
import type { CrlNumbers, Reservation } from './crl-numbers.store.ts';
import { type DueScopes, dueScopes } from './due-scopes.ts';
import { FrozenStatus } from './frozen-status.ts';
import { whyNotIssuable } from './issuable.ts';
import { type IssuanceOutcome, withheld } from './issuance-outcome.ts';
import { type Moment, ScopeIssuer } from './scope-issuer.ts';
import { AuthorityMemory, type ScopeState } from './scope-state.ts';
import { issueSlice } from './slice-issuance.ts';
import { SlicePublication } from './slice-publication.ts';

export interface CrlIssuerOptions {
  readonly clock: Clock;
  readonly numbers: Pick<CrlNumbers, 'reserve'>;
  readonly published: PublishedCrls;
  readonly announcements: Pick<CrlAnnouncements, 'intend' | 'settle'>;
  readonly profileOf: (authorityId: string) => PublicationProfile;
  /** The credential that signs for an authority; undefined when there is none. */
  readonly signerOf: (authorityId: string) => Promise<SigningCredential | undefined>;
}

interface Issuance {
  readonly status: AuthorityStatus;
  readonly profile: PublicationProfile;
  readonly signer: SigningCredential;
  readonly reservation: Reservation;
  readonly memory: AuthorityMemory;
}

interface Frozen extends Pick<Moment, 'now' | 'certificate'> {
  readonly fresh: FrozenStatus;
}

interface Chosen extends Pick<Moment, 'now' | 'certificate'> {
  readonly frozen: FrozenStatus;
  readonly due: DueScopes;
}

/** Makes what is due of an authority and puts it before the public, or says why not. Nothing of it is seen before it has been checked. */
export class CrlIssuer {
  readonly #options: CrlIssuerOptions;
  readonly #scopes: ScopeIssuer;
  readonly #memories = new Map<string, AuthorityMemory>();

  constructor(options: CrlIssuerOptions) {
    this.#options = options;
    this.#scopes = new ScopeIssuer(options.clock, options.published);
  }

  /**
   * One slice of what is due: a second's work or so, unless it is the whole of a large authority. All CRLs of a slice show one
   * moment and bear one number.
   * @throws DatabaseError, ObjectError: worth another try
   */
  async issue(status: AuthorityStatus): Promise<IssuanceOutcome> {
    const { numbers, signerOf, profileOf } = this.#options;
    const { authorityId } = status.authority;
    const signer = await signerOf(authorityId);
    if (!signer) return withheld('signer_missing');
    const memory = this.#memoryOf(authorityId);
    const profile = profileOf(authorityId);
    try {
      const outcome = await numbers.reserve(authorityId, (reservation) =>
        this.#issueReserved({ status, profile, signer, reservation, memory }),
      );
      if (outcome !== 'reserved_elsewhere') return outcome;
      memory.held.drop();
      return { outcome };
    } catch (error) {
      // Some of it may be public.
      memory.forget();
      throw error;
    }
  }

  async #issueReserved(issuance: Issuance): Promise<IssuanceOutcome> {
    const { status, profile, signer, memory } = issuance;
    const listed = await this.#refresh(issuance);
    const certificate = parseCertificate(Buffer.from(status.authority.certificate, 'base64'));
    const now = this.#options.clock.now();
    // Judged, frozen and dated without yielding: the status data moves on meanwhile.
    const refusal = whyNotIssuable({ status, certificate, signer, timing: profile.timing, now });
    if (refusal) {
      memory.held.drop();
      return refusal;
    }
    const fresh = new FrozenStatus(status);
    try {
      await memory.recall(scopesOf(issuance, fresh.revocations, listed ?? []), profile);
    } catch (error) {
      fresh.release();
      throw error;
    }
    return this.#issueFrozen(issuance, { fresh, certificate, now }, listed !== undefined);
  }

  /** @returns the scopes that were published before, when what is remembered does not hold any more */
  async #refresh({ status, reservation, memory }: Issuance): Promise<readonly CrlScope[] | undefined> {
    if (memory.holds(reservation.lastNumber)) return undefined;
    const { authorityId } = status.authority;
    const { published, announcements } = this.#options;
    memory.forget();
    await announcements.settle(reservation.client, authorityId);
    const listed = (await published.list()).filter((crl) => crl.authorityId === authorityId);
    memory.settle(reservation.lastNumber);
    return listed;
  }

  async #issueFrozen(
    issuance: Issuance,
    { fresh, certificate, now }: Frozen,
    isAnew: boolean,
  ): Promise<IssuanceOutcome> {
    const { status, profile, memory } = issuance;
    const { partitioned = false } = status.authority;
    const { revisions } = fresh.revocations;
    const due = dueScopes({ states: memory.states(), revisions, partitioned, profile, now });
    const isOfASet = due.isMore && !due.isUrgent;
    const frozen = isOfASet ? memory.held.take(fresh, now - profile.timing.maximumDataAge / 2) : fresh;
    try {
      return await this.#issueSlice(issuance, { frozen, certificate, now, due }, isAnew);
    } finally {
      if (!isOfASet) fresh.release();
      if (!due.isMore) memory.held.drop();
    }
  }

  async #issueSlice(issuance: Issuance, chosen: Chosen, isAnew: boolean): Promise<IssuanceOutcome> {
    const { published, announcements } = this.#options;
    const { status, profile, signer, memory, reservation } = issuance;
    const { frozen, certificate, now, due } = chosen;
    const { slice } = due;
    const { period } = profile.timing;
    frozen.groupOnly(new Set(slice.flatMap(({ scope }) => scope.partition ?? [])));
    const publication = new SlicePublication({ published, announcements, reservation });
    const { revocations, asOf } = frozen;
    const nextPublication = nextOf(memory.states(), now, period);
    const shared = { status, certificate, signer, profile, now, nextPublication, crlNumber: numberOf(issuance) };
    const moment = { ...shared, revocations, asOf };
    const pointed = await issueSlice({ moment, frozen, slice, memory, scopes: this.#scopes, published, publication });
    const after = memory.states();
    if (publication.overtaken > 0) {
      memory.forget();
      if (pointed.length === 0) return { outcome: 'reserved_elsewhere' };
    }
    const isMore = due.isMore || publication.overtaken > 0;
    return {
      outcome: 'issued',
      published: pointed.flatMap(({ files }) => files.map(({ descriptor }) => descriptor)),
      // At first all: a process that died may have left the manifest behind the pointers.
      unlisted: (isAnew ? after : slice).flatMap(({ scope }) => seriesOf(scope, profile)),
      troubles: after.flatMap(({ trouble }) => trouble ?? []),
      nextPublication: isMore ? now : nextOf(after, now, period),
    };
  }

  #memoryOf(authorityId: string): AuthorityMemory {
    const memory = this.#memories.get(authorityId) ?? new AuthorityMemory(this.#options.published);
    this.#memories.set(authorityId, memory);
    return memory;
  }
}

/** The whole, or the partitions, or both: those that certificates are of, and those that were published before. */
function scopesOf(
  { status: { authority }, profile }: Issuance,
  { revisions }: FrozenRevocations,
  listed: readonly CrlScope[],
): readonly CrlScope[] {
  const { authorityId } = authority;
  const byPartition = hasPartitions(authority, profile);
  const labels = new Set([...revisions.keys(), ...listed.flatMap(({ partition }) => partition ?? [])]);
  return [
    ...(byPartition && !profile.whole ? [] : [{ authorityId }]),
    ...(byPartition ? [...labels].map((partition) => ({ authorityId, partition })) : []),
  ];
}

const seriesOf = (scope: CrlScope, { deltas }: PublicationProfile): readonly CrlSeries[] =>
  deltas ? [scope, { ...scope, kind: 'delta' }] : [scope];

/** When the first of the scheduled CRLs to come is due: others join it, so that all of an authority come together. */
function nextOf(states: readonly ScopeState[], now: number, period: number): number {
  const planned = states.flatMap(({ complete }) => complete?.descriptor.nextPublication ?? []);
  return planned.reduce((first, instant) => (instant > now && instant < first ? instant : first), now + period);
}

/** Allots one number, above that of all that is published, when it is first asked for. */
function numberOf({ memory, reservation }: Issuance): () => Promise<bigint> {
  let allotted: Promise<bigint> | undefined;
  return () =>
    (allotted ??= (async () => {
      const published = memory.states().flatMap(({ complete, delta }) => [complete, delta]);
      const highest = published.reduce(
        (most, crl) => (crl && crl.descriptor.crlNumber > most ? crl.descriptor.crlNumber : most),
        0n,
      );
      const number = await reservation.allocate(highest);
      memory.settle(number);
      return number;
    })());
}
