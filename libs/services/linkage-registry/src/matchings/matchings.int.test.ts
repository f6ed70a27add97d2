import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type NewsUnderTest, startNews } from '../news/testing/news-under-test.ts';
import { CallerWatch } from '../probing/caller-watch.ts';
import type { Send } from '../testing/api-client.ts';
import { loadVoprf, VOPRF_SUITE } from './voprf.ts';

let news: NewsUnderTest;
beforeAll(async () => void (news = await startNews({ openedCalls: 'match_in_bulk' })));
afterAll(() => news.close());

interface Shown {
  readonly matchingId: string;
  readonly state: string;
  readonly publicKey: string;
  readonly code: string;
}

const propose = async (mostInputs = 10): Promise<Shown> =>
  (
    await news.pf<Shown>('POST', '/matchings', {
      serviceProvider: 'sp-a',
      partner: 'sp-x',
      purpose: 'joint_campaign',
      mostInputs,
    })
  ).body;
const consent = ({ matchingId }: Shown, sender = news.otherPf, serviceProvider = 'sp-x') =>
  sender<Shown>('POST', `/matchings/${matchingId}/consents`, { serviceProvider });

/** What a service provider does: blind, have evaluated, verify and unblind. */
async function tagsOf(sender: Send, serviceProvider: string, open: Shown, inputs: readonly string[]) {
  const { VOPRFClient, Evaluation, crypto } = await loadVoprf();
  const client = new VOPRFClient(VOPRF_SUITE, Buffer.from(open.publicKey, 'base64'), crypto);
  const [kept, request] = await client.blind(inputs.map((each) => createHash('sha256').update(each).digest()));
  const blinded = Buffer.from(request.serialize());
  const answer = await sender<{ evaluation: string; code: string }>(
    'POST',
    `/matchings/${open.matchingId}/evaluations`,
    { serviceProvider, blinded: blinded.toString('base64') },
  );
  if (answer.status !== 200) return { code: answer.body.code, blinded, tags: [] as string[] };
  const octets = Buffer.from(answer.body.evaluation, 'base64');
  const tags = await client.finalize(kept, Evaluation.deserialize(VOPRF_SUITE, octets, crypto));
  return { code: undefined, blinded, tags: tags.map((tag) => Buffer.from(tag).toString('hex')) };
}

it('tells two service providers which persons they share, and nobody anything else', async () => {
  const proposed = await propose();
  expect(proposed).toMatchObject({ state: 'proposed', suite: VOPRF_SUITE });
  expect('publicKey' in proposed).toBe(false);
  const { body: open } = await consent(proposed);
  expect(open.state).toBe('open');
  const ours = await tagsOf(news.pf, 'sp-a', open, ['alice', 'bob', 'carol']);
  const theirs = await tagsOf(news.otherPf, 'sp-x', open, ['carol', 'dave', 'alice']);
  expect(ours.tags.map((tag) => theirs.tags.indexOf(tag))).toEqual([2, -1, 0]);
  // What went over the wire is another each time, also for the same persons.
  const again = await tagsOf(news.pf, 'sp-a', open, ['alice', 'bob', 'carol']);
  expect(again.tags).toEqual(ours.tags);
  expect(again.blinded).not.toEqual(ours.blinded);
  // Another matching has another key: its tags have nothing in common with these.
  const { body: other } = await consent(await propose());
  const { tags } = await tagsOf(news.pf, 'sp-a', other, ['alice']);
  expect(tags).toHaveLength(1);
  expect(ours.tags).not.toContain(tags[0]);
});

it('needs the consent of the partner, and counts against both quotas', async () => {
  const proposed = await propose(2);
  const key = (await consent(await propose())).body.publicKey;
  expect((await tagsOf(news.pf, 'sp-a', { ...proposed, publicKey: key }, ['a'])).code).toBe('matching_not_open');
  expect((await consent(proposed, news.pf, 'sp-a')).body.code).toBe('matching_unknown');
  const { body: open } = await consent(proposed);
  expect((await consent(proposed)).body.publicKey).toBe(open.publicKey);
  expect((await tagsOf(news.pf, 'sp-a', open, ['a', 'b', 'c'])).code).toBe('matching_exhausted');
  expect((await tagsOf(news.pf, 'sp-a', open, ['a', 'b'])).tags).toHaveLength(2);
  expect((await tagsOf(news.pf, 'sp-a', open, ['a'])).code).toBe('matching_exhausted');
  expect((await tagsOf(news.otherPf, 'sp-x', open, ['a', 'b'])).tags).toHaveLength(2);
});

it('is between two: a third neither sees it nor takes part', async () => {
  const { body: open } = await consent(await propose());
  expect((await tagsOf(news.pf, 'sp-b', open, ['a'])).code).toBe('matching_unknown');
  expect((await tagsOf(news.otherPf, 'sp-a', open, ['a'])).code).toBe('relying_party_unknown');
  const list = await news.pf<Shown[]>('GET', '/matchings?serviceProvider=sp-b');
  expect(list.body).toEqual([]);
  const own = await news.pf<Shown[]>('GET', '/matchings?serviceProvider=sp-a');
  expect(own.body.map(({ matchingId }) => matchingId)).toContain(open.matchingId);
});

it('ends when either wants it, or its time is over, and its key is destroyed', async () => {
  const [wanted, over] = [(await consent(await propose())).body, (await consent(await propose())).body];
  const path = `/matchings/${wanted.matchingId}/endings`;
  expect((await news.otherPf('POST', path, { serviceProvider: 'sp-x' })).status).toBe(204);
  expect((await tagsOf(news.pf, 'sp-a', wanted, ['a'])).code).toBe('matching_ended');
  await news.database.query('UPDATE matching SET expires_at = 1 WHERE matching_id = $1', [over.matchingId]);
  expect((await tagsOf(news.pf, 'sp-a', over, ['a'])).code).toBe('matching_ended');
  const { rows } = await news.database.query('SELECT key_sealed FROM matching WHERE ended_at IS NOT NULL');
  expect(rows).toEqual([{ key_sealed: null }, { key_sealed: null }]);
});

it('refuses what is no element of the group', async () => {
  const { body: open } = await consent(await propose());
  const blinded = Buffer.concat([Buffer.of(0, 1), Buffer.alloc(32, 0xff)]).toString('base64');
  const sent = { serviceProvider: 'sp-a', blinded };
  expect(await news.pf('POST', `/matchings/${open.matchingId}/evaluations`, sent)).toMatchObject({
    status: 400,
    body: { code: 'blinded_elements_invalid' },
  });
});

it('is closed to who is blocked', async () => {
  const { body: open } = await consent(await propose());
  await news.database.query(`INSERT INTO probing_block (caller, reason, blocked_at) VALUES ('pf-b', 'probing', 0)`);
  const watch = news.registry.service.app.get(CallerWatch, { strict: false });
  await watch.share();
  expect((await tagsOf(news.otherPf, 'sp-x', open, ['a'])).code).toBe('caller_blocked');
  await news.database.query('DELETE FROM probing_block');
  await watch.share();
  expect((await tagsOf(news.otherPf, 'sp-x', open, ['a'])).tags).toHaveLength(1);
});

it('leaves in the audit log who matched and why', async () => {
  const { rows } = await news.database.query(
    `SELECT DISTINCT caller, on_behalf_of, purpose FROM audit_entry WHERE action = 'bulk_match' ORDER BY caller`,
  );
  expect(rows).toEqual([
    { caller: 'pf-a', on_behalf_of: 'sp-a', purpose: 'joint_campaign' },
    { caller: 'pf-b', on_behalf_of: 'sp-x', purpose: 'joint_campaign' },
  ]);
});
