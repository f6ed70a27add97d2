import type { Clock } from '@kakunin/calendar';
import { compareCrls, cursorOver, encodeCrl, type ExpectedCrl } from '@kakunin/crl';
import { ObjectError, type StagedObject } from '@kakunin/objects';
import { crlKey, type CrlDescriptor, type ExpiryRule, type PublicationProfile } from '@kakunin/publication';
import type { AuthorityStatus } from '@kakunin/status-feed';
import type { FrozenRevocations } from '@kakunin/status-index';
import type { Certificate, SigningCredential } from '@kakunin/x509';
import { inHand } from '../in-hand.ts';
import type { PublishedCrls } from '../published-crls.ts';
import { checkCrl } from './crl-check.ts';
import { describeCrl } from './crl-description.ts';
import { type CrlDraft, distributionPointOf, draftCrl, draftDelta } from './crl-draft.ts';
import { checkDelta, entriesOfDelta } from './delta-check.ts';
import { isDeltaMissing, isScheduled } from './due-scopes.ts';
import { type Withheld, withheld } from './issuance-outcome.ts';
import { type CrlInHand, openPrevious, unaltered } from './previous-crl.ts';
import type { ScopeState } from './scope-state.ts';

/** What all CRLs of one moment share. */
export interface Moment {
  readonly status: AuthorityStatus;
  readonly certificate: Certificate;
  readonly signer: SigningCredential;
  readonly profile: PublicationProfile;
  readonly revocations: FrozenRevocations;
  readonly asOf: number;
  readonly now: number;
  /** When the scheduled CRL after this one is due. */
  readonly nextPublication: number;
  /** The one number of this moment; allotted when it is first asked for. */
  readonly crlNumber: () => Promise<bigint>;
}

/** A signed and checked file that nobody has seen yet. */
export interface MadeFile {
  readonly staged: StagedObject;
  readonly descriptor: CrlDescriptor;
  /** Where the newest of its series lay. */
  readonly previousKey: string | undefined;
}

/** The complete CRL of a scope, and its delta behind it. To be discarded in every case. */
export interface MadeCrl {
  readonly outcome: 'made';
  readonly files: readonly MadeFile[];
}

/** Makes the CRL of one scope, with its delta, or says why not. */
export class ScopeIssuer {
  readonly #clock: Clock;
  readonly #published: PublishedCrls;

  constructor(clock: Clock, published: PublishedCrls) {
    this.#clock = clock;
    this.#published = published;
  }

  /**
   * Between two scheduled CRLs one is made only when it says something new.
   * @param ordinals of the scope's partition; undefined: all
   * @throws ObjectError, X509Error `signer_failed`: worth another try
   */
  async make(moment: Moment, state: ScopeState, ordinals: Uint32Array | undefined): Promise<Making> {
    const { profile, now } = moment;
    const { scope, complete } = state;
    const previous = complete && (await unaltered(complete));
    if (complete && !previous) return withheld('predecessor_altered');
    const rule = ruleOf(previous, moment);
    const draft = draftCrl({ ...moment, scope, ordinals, rule });
    if (previous && draft.thisUpdate < previous.descriptor.thisUpdate && !isFromTheFuture(previous, moment)) {
      return withheld('status_older_than_crl');
    }
    const scheduled = isScheduled(state, { profile, now });
    if (previous && !scheduled && !isDeltaMissing(state, profile) && (await saysNothingNew(previous, draft))) {
      return { outcome: 'unchanged' };
    }
    const crlNumber = await moment.crlNumber();
    const issuance = { moment, state, previous, draft, rule, scheduled, crlNumber, staged: [] };
    try {
      const made = await this.#makeBoth(issuance);
      if (made.outcome !== 'made') await discardAll(issuance);
      return made;
    } catch (error) {
      await discardAll(issuance);
      throw error;
    }
  }

  async #makeBoth(issuance: Issuance): Promise<MadeCrl | Withheld> {
    const { moment, state, previous, draft, rule } = issuance;
    const complete = await this.#sign(issuance, draft);
    const expected = { ...this.#expected(issuance), baseCrlNumber: undefined };
    const { index } = moment.status;
    const checked = await checkCrl({ staged: complete, expected, previous, rule, index });
    if (checked.refused) return checked.refused;
    const descriptor = this.#describe(issuance, complete, checked.entries);
    const made = { staged: complete, descriptor, previousKey: state.complete?.key };
    if (!moment.profile.deltas) return { outcome: 'made', files: [made] };
    const delta = await this.#makeDelta(issuance, { descriptor, content: complete });
    return 'refused' in delta ? delta.refused : { outcome: 'made', files: [made, delta] };
  }

  async #makeDelta(issuance: Issuance, complete: CrlInHand): Promise<MadeFile | { readonly refused: Withheld }> {
    const { moment, state, draft } = issuance;
    const base = await this.#baseOf(issuance, complete);
    const before = state.delta && (await unaltered(state.delta));
    if (!base || (state.delta && !before)) return { refused: withheld('predecessor_altered') };
    const baseCrlNumber = base.descriptor.crlNumber;
    const entries = await entriesOfDelta({ base, complete: complete.content, before });
    const delta = draftDelta(draft, { entries, baseCrlNumber }, { scope: state.scope, profile: moment.profile });
    const file = await this.#sign(issuance, delta);
    const expected = { ...this.#expected(issuance), baseCrlNumber };
    const checked = await checkDelta({ staged: file, expected, base, complete: complete.content });
    if (checked.refused) return checked;
    const { lastScheduledNumber: _, ...descriptor } = this.#describe(issuance, file, checked.entries, 'delta');
    return { staged: file, descriptor: { ...descriptor, baseCrlNumber }, previousKey: state.delta?.key };
  }

  /** What is looked at from here on is what the storage gives back. */
  async #sign({ moment, crlNumber, staged }: Issuance, draft: CrlDraft): Promise<StagedObject> {
    const file = await this.#published.stage(encodeCrl({ ...draft, crlNumber }, moment.signer.key));
    staged.push(file);
    return inHand(file);
  }

  #expected({ moment, state, crlNumber }: Issuance): ExpectedCrl & { crlNumber: bigint; distributionPoint?: string } {
    const distributionPoint = distributionPointOf(state.scope, moment.profile);
    const common = { crlNumber, authority: moment.certificate, now: this.#clock.now() };
    return distributionPoint === undefined ? common : { ...common, distributionPoint };
  }

  /**
   * The last scheduled CRL of the scope, which is what deltas are made to; the one that is being made has it as its base too. Where there
   * is none, the one that is being made: its delta says nothing, and freshestCRL of the first CRL leads to one from the beginning.
   * @returns undefined when it was altered
   * @throws ObjectError `object_missing`
   */
  async #baseOf({ previous, state }: Issuance, complete: CrlInHand): Promise<CrlInHand | undefined> {
    const number = previous && lastScheduledNumber(previous.descriptor);
    if (number === undefined) return complete;
    if (number === previous?.descriptor.crlNumber) return previous;
    const base = await this.#published.at(crlKey(state.scope, number));
    if (base) return unaltered(base);
    throw new ObjectError(
      'object_missing',
      'The CRL that a delta is made to is gone from the store: restore its files.',
    );
  }

  #describe(
    issuance: Issuance,
    staged: StagedObject,
    entries: number,
    kind: 'complete' | 'delta' = 'complete',
  ): CrlDescriptor {
    const { moment, state, draft, scheduled, crlNumber } = issuance;
    const { status, certificate, nextPublication } = moment;
    const plan = state.complete && !scheduled ? planOf(state.complete.descriptor) : undefined;
    return {
      ...describeCrl({ series: { ...state.scope, kind }, authority: status.authority, certificate, crlNumber, staged }),
      scheduled,
      thisUpdate: draft.thisUpdate,
      nextUpdate: draft.nextUpdate,
      publishedAt: this.#clock.now(),
      entries,
      ...(plan ?? { nextPublication, lastScheduledUpdate: draft.thisUpdate, lastScheduledNumber: crlNumber }),
    };
  }
}

export type Making = MadeCrl | Withheld | { readonly outcome: 'unchanged' };

interface Issuance {
  readonly moment: Moment;
  readonly state: ScopeState;
  /** The newest CRL of the scope, in hand. */
  readonly previous: CrlInHand | undefined;
  readonly draft: CrlDraft;
  readonly rule: ExpiryRule;
  readonly scheduled: boolean;
  readonly crlNumber: bigint;
  /** What was written for it, to be given up in case. */
  readonly staged: StagedObject[];
}

const discardAll = ({ staged }: Issuance) => Promise.all(staged.map((file) => file.discard()));

/** In a descriptor of before there were deltas only a scheduled CRL tells. */
const lastScheduledNumber = ({
  lastScheduledNumber: number,
  scheduled,
  crlNumber,
}: CrlDescriptor): bigint | undefined => number ?? (scheduled ? crlNumber : undefined);

/** What a CRL between two scheduled ones takes over from the newest. */
function planOf(descriptor: CrlDescriptor) {
  const { nextPublication, lastScheduledUpdate } = descriptor;
  const number = lastScheduledNumber(descriptor);
  return { nextPublication, lastScheduledUpdate, ...(number !== undefined && { lastScheduledNumber: number }) };
}

/** Its clock was ahead, so its date says nothing of the age of our data. */
const isFromTheFuture = ({ descriptor }: CrlInHand, { now, profile }: Moment): boolean =>
  descriptor.thisUpdate > now + profile.timing.maximumDataAge;

/** Behind a CRL of a clock that was ahead everything is listed again: what left by that clock may not have expired. */
const ruleOf = (previous: CrlInHand | undefined, moment: Moment): ExpiryRule => ({
  lastScheduledUpdate:
    previous && !isFromTheFuture(previous, moment) ? previous.descriptor.lastScheduledUpdate : undefined,
  keepsExpiredSince: moment.profile.keepsExpiredSince,
});

/** Whether a CRL would revoke the same certificates in the same way as the newest one. */
async function saysNothingNew(previous: CrlInHand, { entries }: CrlDraft): Promise<boolean> {
  const stream = await openPrevious(previous);
  const found = await compareCrls({ previous: stream, next: cursorOver(entries), mayDisappear: () => false });
  await stream.finish();
  return found.added + found.changed + found.disappeared === 0;
}
