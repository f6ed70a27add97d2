import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../testing/registry-under-test.ts';
import { type NewsUnderTest, startNews } from './testing/news-under-test.ts';

let news: NewsUnderTest;
beforeAll(async () => void (news = await startNews()));
afterAll(() => news.close());

it('tells those that were shown a certificate what becomes of it and of what took its place, and nobody else', async () => {
  const first = await news.issue('renews');
  const ppid = await news.ppidOf(first, 'sp-a');
  const unseen = await news.issue('renews', { carrier: 'smartphone' });
  await news.turn('holds', unseen);
  await news.turn('holds', first);
  await news.turn('releases', first);
  const second = await news.issue('renews', { predecessor: { serialNumber: first.certificate.serialNumber } });
  await news.turn('revocations', first, { reason: 'superseded' });
  await news.turn('revocations', second, { reason: 'keyCompromise' });
  const events = await news.eventsOf('sp-a', 5);
  const types = ['certificate_held', 'certificate_released', 'certificate_succeeded', 'certificate_revoked'];
  expect(events.map(({ type }) => type)).toEqual([...types, 'certificate_revoked']);
  for (const event of events) {
    expect(event).toEqual({
      type: expect.any(String),
      serviceProvider: 'sp-a',
      ppid,
      certificateClass: 'user-authentication',
      at: expect.any(Number),
    });
  }
  expect((await news.feedOf('sp-b')).body).toEqual({ items: [], next: '0' });
});

it('gives each service provider its own feed, page by page, and nobody the feed of another', async () => {
  const { body: all } = await news.feedOf('sp-a');
  expect(all.items.map(({ sequence }) => sequence)).toEqual(all.items.map((_, index) => index + 1));
  const path = (cursor: string) => `/linkage-events?serviceProvider=sp-a&limit=2&cursor=${cursor}`;
  const page = await news.pf<typeof all>('GET', path('2'));
  expect(page.body).toEqual({ items: all.items.slice(2, 4), next: '4' });
  expect((await news.feedOf('sp-a', all.next)).body).toEqual({ items: [], next: all.next });
  const denied = await news.otherPf('GET', path('0'));
  const unknown = await news.otherPf('GET', path('0').replace('sp-a', 'sp-nobody'));
  expect(denied.status).toBe(404);
  expect({ ...denied.body, detail: '' }).toEqual({ ...unknown.body, detail: '' });
  expect((await news.pf('GET', path('first'))).status).toBe(400);
  expect((await news.pf('GET', path('1000'))).body).toMatchObject({ code: 'cursor_ahead' });
});

it('leaves no gap and no disorder when transactions commit in another order than they began', async () => {
  const [early, late] = [await issueKnown('early'), await issueKnown('late')];
  const [slow, quick] = [await news.ppidOf(early.issued, 'sp-b'), await news.ppidOf(late.issued, 'sp-b')];
  // Takes its item_id first, and commits last.
  await news.database.query('BEGIN');
  await note(early.id);
  await news.turn('holds', late.issued);
  expect(await news.eventsOf('sp-b', 1)).toMatchObject([{ ppid: quick }]);
  const { next } = (await news.feedOf('sp-b')).body;
  await news.database.query('COMMIT');
  await until(async () => (await news.feedOf('sp-b', next)).body.items.length === 1);
  expect((await news.feedOf('sp-b', next)).body.items).toMatchObject([{ sequence: 2, event: { ppid: slow } }]);
});

it('tells nothing that was rolled back', async () => {
  const [undone, done] = [await issueKnown('undone'), await news.issue('done')];
  await news.ppidOf(undone.issued, 'sp-x');
  const ppid = await news.ppidOf(done, 'sp-x');
  await news.database.query('BEGIN');
  await note(undone.id);
  await news.database.query('ROLLBACK');
  await news.turn('holds', done);
  expect(await news.eventsOf('sp-x', 1)).toMatchObject([{ ppid }]);
});

it('keeps no ppid, and nothing else of an event, in the open', async () => {
  const ppid = await news.ppidOf(await news.issue('renews'), 'sp-a');
  const { rows } = await news.database.query<{ event_sealed: Buffer }>('SELECT event_sealed FROM linkage_event');
  expect(rows.length).toBeGreaterThan(5);
  for (const { event_sealed } of rows) {
    expect(event_sealed.includes(ppid)).toBe(false);
    expect(event_sealed.includes('certificate_')).toBe(false);
  }
});

it('notes in the audit log who was told', async () => {
  const { rows } = await news.database.query(
    `SELECT DISTINCT caller, purpose, outcome FROM audit_entry WHERE action = 'status_news' ORDER BY caller`,
  );
  expect(rows).toEqual(
    ['sp-a', 'sp-b', 'sp-x'].map((caller) => ({ caller, purpose: 'linkage_events', outcome: 'granted' })),
  );
});

it('says so when events were forgotten that a reader has not read', async () => {
  const { next } = (await news.feedOf('sp-a')).body;
  await news.database.query(
    `WITH gone AS (DELETE FROM linkage_event WHERE recipient = 'sp-a' AND sequence <= 3 RETURNING sequence)
     UPDATE linkage_feed SET forgotten_sequence = (SELECT max(sequence) FROM gone) WHERE recipient = 'sp-a'`,
  );
  expect(await news.feedOf('sp-a', '2')).toMatchObject({ status: 410, body: { code: 'events_forgotten' } });
  expect((await news.feedOf('sp-a', '3')).body.items[0]?.sequence).toBe(4);
  expect((await news.feedOf('sp-a')).body).toMatchObject({ items: [{ sequence: 4 }, { sequence: 5 }], next });
});

/** A certificate with the id of its row. */
async function issueKnown(holder: string) {
  const issued = await news.issue(holder);
  const { rows } = await news.database.query<{ id: string }>('SELECT max(certificate_id) AS id FROM certificate');
  return { issued, id: rows[0]!.id };
}

const note = (certificateId: string) =>
  news.database.query(`INSERT INTO news_item (at, certificate_id, type) VALUES (1, $1, 'certificate_held')`, [
    certificateId,
  ]);
