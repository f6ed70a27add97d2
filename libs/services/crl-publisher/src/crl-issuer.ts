import type { Clock } from '@kakunin/calendar';
import { compareCrls, cursorOver, encodeCrl } from '@kakunin/crl';
import type { StagedObject } from '@kakunin/objects';
import type { CrlDescriptor, PublicationTiming } from '@kakunin/publication';
import type { AuthorityStatus } from '@kakunin/status-feed';
import type { FrozenRevocations } from '@kakunin/status-index';
import { type Certificate, parseCertificate, type SigningCredential } from '@kakunin/x509';
import { checkCrl } from './crl-check.ts';
import { describeCrl } from './crl-description.ts';
import { type CrlDraft, draftCrl } from './crl-draft.ts';
import type { CrlNumbers, Reservation } from './crl-numbers.store.ts';
import { whyNotIssuable } from './issuable.ts';
import { type IssuanceOutcome, withheld } from './issuance-outcome.ts';
import { openPrevious, type PreviousCrl } from './previous-crl.ts';
import type { PublishedCrls } from './published-crls.ts';

export interface CrlIssuerOptions {
  readonly clock: Clock;
  readonly numbers: Pick<CrlNumbers, 'reserve'>;
  readonly published: PublishedCrls;
  readonly timing: PublicationTiming;
  /** The credential that signs for an authority; undefined when there is none. */
  readonly signerOf: (authorityId: string) => Promise<SigningCredential | undefined>;
}

interface Issuance {
  readonly status: AuthorityStatus;
  readonly certificate: Certificate;
  readonly signer: SigningCredential;
  readonly reservation: Reservation;
  readonly previous: PreviousCrl | undefined;
}

interface SignedCrl {
  readonly draft: CrlDraft;
  readonly crlNumber: bigint;
  readonly scheduled: boolean;
  readonly entries: number;
  readonly staged: StagedObject;
}

interface FrozenStatus {
  readonly revocations: FrozenRevocations;
  readonly asOf: number;
  readonly now: number;
}

/** Makes one CRL and puts it before the public, or says why not. Nothing of it is seen before it has been checked. */
export class CrlIssuer {
  readonly #options: CrlIssuerOptions;

  constructor(options: CrlIssuerOptions) {
    this.#options = options;
  }

  /**
   * Between two scheduled CRLs one is made only when it says something new.
   * @throws DatabaseError, ObjectError, X509Error `signer_failed`: worth another try
   */
  async issue(status: AuthorityStatus): Promise<IssuanceOutcome> {
    const { numbers, published, signerOf } = this.#options;
    const { authorityId } = status.authority;
    const signer = await signerOf(authorityId);
    if (!signer) return withheld('signer_missing');
    const certificate = parseCertificate(Buffer.from(status.authority.certificate, 'base64'));
    const outcome = await numbers.reserve(authorityId, async (reservation) => {
      const previous = await published.newest({ authorityId });
      return this.#issueReserved({ status, certificate, signer, reservation, previous });
    });
    return outcome === 'reserved_elsewhere' ? { outcome } : outcome;
  }

  async #issueReserved(issuance: Issuance): Promise<IssuanceOutcome> {
    const { clock, timing } = this.#options;
    const now = clock.now();
    // Judged, frozen and dated without yielding: the status data moves on meanwhile.
    const refusal = whyNotIssuable({ ...issuance, timing, now });
    if (refusal) return refusal;
    const revocations = issuance.status.freeze();
    try {
      return await this.#issueFrozen(issuance, { revocations, asOf: issuance.status.asOf, now });
    } finally {
      revocations.release();
    }
  }

  async #issueFrozen(issuance: Issuance, { revocations, asOf, now }: FrozenStatus): Promise<IssuanceOutcome> {
    const { timing } = this.#options;
    const { certificate, previous } = issuance;
    const draft = draftCrl({ revocations, asOf, certificate, previous: previous?.descriptor, timing, now });
    if (previous && draft.thisUpdate < previous.descriptor.thisUpdate) return withheld('status_older_than_crl');
    const scheduled = !previous || now >= previous.descriptor.nextPublication;
    if (!scheduled && (await saysNothingNew(previous, draft))) {
      return { outcome: 'unchanged', descriptor: previous.descriptor };
    }
    return this.#sign(issuance, draft, scheduled);
  }

  async #sign(issuance: Issuance, draft: CrlDraft, scheduled: boolean): Promise<IssuanceOutcome> {
    const { clock, published } = this.#options;
    const { previous, certificate, reservation, signer, status } = issuance;
    const crlNumber = await reservation.allocate(previous?.descriptor.crlNumber ?? 0n);
    const staged = await published.stage(encodeCrl({ ...draft, crlNumber }, signer.key));
    try {
      const expected = { crlNumber, authority: certificate, now: clock.now() };
      const checked = await checkCrl({ staged, expected, previous, index: status.index });
      if (checked.refused) return checked.refused;
      return await this.#publish(issuance, { draft, crlNumber, scheduled, entries: checked.entries, staged });
    } finally {
      await staged.discard();
    }
  }

  async #publish(
    issuance: Issuance,
    { draft, crlNumber, scheduled, entries, staged }: SignedCrl,
  ): Promise<IssuanceOutcome> {
    const { clock, published, timing } = this.#options;
    const { certificate, previous, reservation, status } = issuance;
    const now = clock.now();
    const descriptor: CrlDescriptor = {
      ...describeCrl(status.authority, certificate, crlNumber),
      scheduled,
      thisUpdate: draft.thisUpdate,
      nextUpdate: draft.nextUpdate,
      publishedAt: now,
      nextPublication: previous && !scheduled ? previous.descriptor.nextPublication : now + timing.period,
      lastScheduledUpdate: previous && !scheduled ? previous.descriptor.lastScheduledUpdate : draft.thisUpdate,
      entries,
      bytes: staged.bytes,
      sha256: staged.sha256,
    };
    await published.publish(staged, descriptor);
    // Whoever lost the lock while signing gives up here, and whoever loses it only now finds the pointer moved.
    await reservation.confirm();
    const isNewest = await published.pointAt(descriptor, previous?.key);
    return isNewest ? { outcome: 'published', descriptor } : { outcome: 'reserved_elsewhere' };
  }
}

/** Whether a CRL would revoke the same certificates in the same way as the newest one. */
async function saysNothingNew(previous: PreviousCrl, { entries }: CrlDraft): Promise<boolean> {
  const stream = await openPrevious(previous);
  const found = await compareCrls({ previous: stream, next: cursorOver(entries), mayDisappear: () => false });
  await stream.finish();
  return found.added + found.changed + found.disappeared === 0;
}
