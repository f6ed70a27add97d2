import { hasPartitions, type PublicationProfile } from '@kakunin/publication';
import type { ScopeState } from './scope-state.ts';

/** Entries that one attempt takes on: so many are signed and checked in about a second, and a revocation waits no longer. */
const ENTRIES_OF_A_SLICE = 100_000;
/** What a scope is taken to have that has no CRL yet: a little less than the average partition of a nation. */
const ENTRIES_OF_A_NEW_SCOPE = 10_000;

export interface DueInput {
  readonly states: readonly ScopeState[];
  /** Of the partitions, as the status data stands. */
  readonly revisions: ReadonlyMap<string, number>;
  readonly partitioned: boolean;
  readonly profile: PublicationProfile;
  readonly now: number;
}

export interface DueScopes {
  /** To be made now. */
  readonly slice: readonly ScopeState[];
  /** Whether that is what was revoked of late. */
  readonly isUrgent: boolean;
  /** Whether more is due. */
  readonly isMore: boolean;
}

/**
 * What of an authority to make now. First the partitions in which something was revoked; then, a slice at a time, what is scheduled
 * or was not looked at since the start; last the whole of a partitioned authority, which is the largest. What failed the last
 * time comes behind the others of its kind, so that it holds up nothing.
 */
export function dueScopes(input: DueInput): DueScopes {
  const due = input.states.filter((state) => state.isKnown && isDue(state, input));
  const urgent = due.filter((state) => isUrgent(state, input));
  const isAnyUrgent = urgent.length > 0;
  const slice = firstOf(isAnyUrgent ? urgent : due.toSorted((one, other) => rank(one) - rank(other)));
  return { slice, isUrgent: isAnyUrgent, isMore: slice.length < due.length };
}

/** Whether the next scheduled CRL is due. One that is planned further ahead than a period was planned by a clock that was ahead. */
export const isScheduled = ({ complete }: ScopeState, { profile, now }: Pick<DueInput, 'profile' | 'now'>): boolean =>
  !complete ||
  now >= complete.descriptor.nextPublication ||
  complete.descriptor.nextPublication > now + profile.timing.period;

/** Whether its delta does not belong to its CRL: the publisher died between the two, or there were no deltas before. */
export const isDeltaMissing = (
  { complete, delta }: ScopeState,
  { deltas }: Pick<PublicationProfile, 'deltas'>,
): boolean => deltas && complete !== undefined && delta?.descriptor.crlNumber !== complete.descriptor.crlNumber;

function isDue(state: ScopeState, input: DueInput): boolean {
  return isScheduled(state, input) || isChanged(state, input) || isDeltaMissing(state, input.profile);
}

/** The whole of an authority with partitions only comes as scheduled: after a revocation its partition does. */
function isChanged({ scope, shown }: ScopeState, { revisions, partitioned, profile }: DueInput): boolean {
  if (scope.partition !== undefined) return (revisions.get(scope.partition) ?? 0) !== shown;
  return !hasPartitions({ partitioned }, profile);
}

/** Something was revoked since its CRL was made or compared. */
const isUrgent = ({ scope, shown, trouble }: ScopeState, { revisions }: DueInput): boolean =>
  scope.partition !== undefined && shown !== undefined && !trouble && revisions.get(scope.partition) !== shown;

const rank = ({ scope, trouble }: ScopeState): number => (trouble ? 2 : 0) + (scope.partition === undefined ? 1 : 0);

function firstOf(due: readonly ScopeState[]): readonly ScopeState[] {
  let entries = 0;
  const end = due.findIndex(({ complete }) => {
    const isFull = entries >= ENTRIES_OF_A_SLICE;
    entries += complete?.descriptor.entries ?? ENTRIES_OF_A_NEW_SCOPE;
    return isFull;
  });
  return end === -1 ? due : due.slice(0, end);
}
