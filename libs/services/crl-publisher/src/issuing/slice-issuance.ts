import { type CrlScope, crlKey } from '@kakunin/publication';
import type { PublishedCrls } from '../published-crls.ts';
import { troubleOf } from './issuance-outcome.ts';
import type { Moment, ScopeIssuer } from './scope-issuer.ts';
import type { AuthorityMemory, ScopeState } from './scope-state.ts';
import type { MadeScope, SlicePublication } from './slice-publication.ts';

export interface SliceIssuanceInput {
  readonly moment: Moment;
  readonly slice: readonly ScopeState[];
  readonly memory: AuthorityMemory;
  readonly scopes: ScopeIssuer;
  readonly published: Pick<PublishedCrls, 'at'>;
  readonly publication: SlicePublication;
}

/**
 * Makes and publishes the CRLs of one slice, one scope after the other: entries of one index can be read by one at a time.
 * @returns what has become public; what could not be is noted in the memory
 */
export async function issueSlice(input: SliceIssuanceInput): Promise<readonly MadeScope[]> {
  const { moment, slice, memory, publication } = input;
  const wanted = new Set(slice.map(({ scope }) => scope.partition));
  const isByPartition = slice.some(({ scope }) => scope.partition !== undefined);
  const groups = isByPartition ? moment.revocations.byPartition((label) => wanted.has(label)) : NO_GROUPS;
  try {
    for (const state of slice) await makeScope(input, state, groups);
  } finally {
    await publication.settled();
  }
  const pointed = await publication.point();
  for (const trouble of publication.troubles) memory.note(trouble.scope, { trouble });
  for (const made of pointed) await remember(input, made);
  return pointed;
}

type Groups = ReadonlyMap<string, Uint32Array>;
const NO_GROUPS: Groups = new Map();
const NO_ORDINALS = new Uint32Array();

async function makeScope(
  { moment, memory, scopes, publication }: SliceIssuanceInput,
  state: ScopeState,
  groups: Groups,
): Promise<void> {
  const { scope } = state;
  const ordinals = scope.partition === undefined ? undefined : (groups.get(scope.partition) ?? NO_ORDINALS);
  try {
    const made = await scopes.make(moment, state, ordinals);
    if (made.outcome === 'made') await publication.add({ state, files: made.files });
    else if (made.outcome === 'unchanged') memory.note(scope, shownBy(moment, scope));
    else memory.note(scope, { trouble: { scope, reason: made.reason, detail: made.detail } });
  } catch (error) {
    memory.note(scope, { trouble: troubleOf(scope, error) });
  }
}

const shownBy = ({ revocations }: Moment, { partition }: CrlScope) => ({
  shown: partition === undefined ? undefined : (revocations.revisions.get(partition) ?? 0),
  trouble: undefined,
});

async function remember({ moment, memory, published }: SliceIssuanceInput, { state, files }: MadeScope): Promise<void> {
  const [complete, delta] = await Promise.all(
    files.map(({ descriptor }) => published.at(crlKey(descriptor, descriptor.crlNumber))),
  );
  memory.note(state.scope, { complete, ...(delta && { delta }), ...shownBy(moment, state.scope) });
}
