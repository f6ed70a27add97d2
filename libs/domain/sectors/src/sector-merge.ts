import { LedgerError, type NoteSigner, type NoteVerifier, openNote, signNote } from '@kakunin/usage-ledger';
import { SectorsError } from './sectors-error.ts';

/** Two service providers want to be one sector: from then on both know a person by the names of `survivor`. */
export interface SectorMergeProposal {
  readonly proposalId: string;
  /** Codes of the service providers. */
  readonly survivor: string;
  readonly absorbed: string;
  /** From when on, epoch ms. */
  readonly effectiveFrom: number;
  /** Until when the absorbed is given its old names as well, epoch ms. */
  readonly windowEndsAt: number;
  /** Until when both must have consented, epoch ms. */
  readonly consentUntil: number;
}

const ORIGIN = 'kakunin sector merge consent v1';

/** A consent to exactly this proposal (C2SP signed-note), signed by one service provider under its own key. */
export const signMergeConsent = (proposal: SectorMergeProposal, signer: NoteSigner): Uint8Array =>
  signNote(consentText(proposal), [signer]);

/** A merge that both service providers consented to. What proves it is kept with it. */
export interface SectorMerge extends SectorMergeProposal {
  readonly mergedAt: number;
  /** Of the survivor and of the absorbed. */
  readonly consents: readonly [Uint8Array, Uint8Array];
}

export interface ConsentedMerge {
  readonly proposal: SectorMergeProposal;
  /** In whatever order they came. */
  readonly consents: readonly Uint8Array[];
  /** The keys that the service providers registered; each is named by the code of its service provider. */
  readonly keyOf: (serviceProvider: string) => NoteVerifier | undefined;
  /** Epoch ms. */
  readonly now: number;
}

/**
 * Merges two sectors, if both consented to just that, in time. For the absorbed it then is as a rotation is: a window in
 * which both names are given, and a signed map from its old names to the new, for it only.
 * @throws SectorsError `sectors_equal` | `consent_invalid`
 */
export function mergeSectors({ proposal, consents, keyOf, now }: ConsentedMerge): SectorMerge {
  if (proposal.survivor === proposal.absorbed) {
    throw new SectorsError('sectors_equal', 'A sector cannot be merged with itself.');
  }
  if (now > proposal.consentUntil) throw consentInvalid('The time for it is over.');
  const consentOf = (party: string): Uint8Array => {
    const key = keyOf(party);
    const consent = key?.name === party && consents.find((each) => isMergeConsent(each, proposal, key));
    if (!consent) throw consentInvalid(`That of ${party} is missing.`);
    return consent;
  };
  return { ...proposal, mergedAt: now, consents: [consentOf(proposal.survivor), consentOf(proposal.absorbed)] };
}

/** Whether a note is the consent to exactly this proposal under this key. */
export function isMergeConsent(consent: Uint8Array, proposal: SectorMergeProposal, key: NoteVerifier): boolean {
  try {
    return openNote(consent, [key]).text === consentText(proposal);
  } catch (error) {
    if (error instanceof LedgerError) return false;
    throw error;
  }
}

const consentText = (proposal: SectorMergeProposal): string => {
  const { proposalId, survivor, absorbed, effectiveFrom, windowEndsAt, consentUntil } = proposal;
  const parties = [`survivor ${survivor}`, `absorbed ${absorbed}`];
  return `${[ORIGIN, proposalId, ...parties, effectiveFrom, windowEndsAt, consentUntil].join('\n')}\n`;
};

const consentInvalid = (why: string): SectorsError =>
  new SectorsError('consent_invalid', `Sectors are merged with the consent of both. ${why}`);
