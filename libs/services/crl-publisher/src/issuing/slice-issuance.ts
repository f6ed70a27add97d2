import { type CrlScope, crlKey } from '@kakunin/publication';
import type { PublishedCrls } from '../published-crls.ts';
import type { FrozenStatus } from './frozen-status.ts';
import { troubleOf } from './issuance-outcome.ts';
import type { Moment, ScopeIssuer } from './scope-issuer.ts';
import type { AuthorityMemory, ScopeState } from './scope-state.ts';
import type { MadeScope, SlicePublication } from './slice-publication.ts';

export interface SliceIssuanceInput {
  readonly moment: Moment;
  readonly frozen: FrozenStatus;
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
  const { slice, memory, publication } = input;
  try {
    for (const state of slice) await makeScope(input, state);
  } finally {
    await publication.settled();
  }
  const pointed = await publication.point();
  for (const trouble of publication.troubles) memory.note(trouble.scope, { trouble });
  await Promise.all(pointed.map((made) => remember(input, made)));
  return pointed;
}

async function makeScope(
  { moment, frozen, memory, scopes, publication }: SliceIssuanceInput,
  state: ScopeState,
): Promise<void> {
  const { scope } = state;
  try {
    const ordinals = scope.partition === undefined ? undefined : frozen.ordinalsOf(scope.partition);
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
