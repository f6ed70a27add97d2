import type { Clock } from '@kakunin/calendar';
import { encodeCrl } from '@kakunin/crl';
import type { StagedObject } from '@kakunin/objects';
import { type CrlDescriptor, type PublicationTiming, sameEntries } from '@kakunin/publication';
import type { AuthorityStatus } from '@kakunin/status-feed';
import { type Certificate, parseCertificate, type SigningCredential } from '@kakunin/x509';
import { checkCrl } from './crl-check.ts';
import { describeCrl } from './crl-description.ts';
import { type CrlDraft, draftCrl } from './crl-draft.ts';
import type { CrlNumbers, Reservation } from './crl-numbers.store.ts';
import { whyNotIssuable } from './issuable.ts';
import { type IssuanceOutcome, withheld } from './issuance-outcome.ts';
import { type PreviousCrl, readPreviousCrl } from './previous-crl.ts';
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
  readonly staged: StagedObject;
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
      const previous = await readPreviousCrl(published, authorityId);
      return this.#issueReserved({ status, certificate, signer, reservation, previous });
    });
    return outcome === 'reserved_elsewhere' ? { outcome } : outcome;
  }

  async #issueReserved(issuance: Issuance): Promise<IssuanceOutcome> {
    const { clock, timing } = this.#options;
    const { previous } = issuance;
    const now = clock.now();
    // Judged and drafted without yielding: the status data moves on meanwhile.
    const refusal = whyNotIssuable({ ...issuance, timing, now });
    if (refusal) return refusal;
    const draft = draftCrl({ ...issuance, previous: previous?.descriptor, timing, now });
    if (previous && draft.thisUpdate < previous.list.thisUpdate) return withheld('status_older_than_crl');
    const scheduled = !previous || now >= previous.descriptor.nextPublication;
    if (!scheduled && sameEntries(previous.list.entries, draft.entries)) {
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
      const expected = { crlNumber, entries: draft.entries.length, authority: certificate };
      const refusal = await checkCrl({ staged, expected, previous, index: status.index, now: clock.now() });
      if (refusal) return refusal;
      return await this.#publish(issuance, { draft, crlNumber, scheduled, staged });
    } finally {
      await staged.discard();
    }
  }

  async #publish(issuance: Issuance, { draft, crlNumber, scheduled, staged }: SignedCrl): Promise<IssuanceOutcome> {
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
      entries: draft.entries.length,
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
