import { Freshness } from '@kakunin/status-feed/freshness';
import type { AuthorityStatus } from '@kakunin/status-feed';
import { StatusIndex } from '@kakunin/status-index';
import { expect, test } from 'vitest';
import type { Order } from '../worker/protocol.ts';
import { AuthoritiesTold } from './authorities-told.ts';

const statusOf = (authorityId: string): AuthorityStatus => {
  const serialScheme = { kind: 'random' } as const;
  const index = StatusIndex.create(serialScheme);
  return {
    authority: { authorityId, certificateClass: 'signature', certificate: 'AQID', serialScheme },
    index,
    freeze: () => index.freeze(),
    asOf: 0,
    blocked: false,
    missingSealingKeys: [],
    freshness: new Freshness(),
  };
};

const feedOf = (...authorities: AuthorityStatus[]) => ({
  held: authorities,
  authorities() {
    return this.held;
  },
  get(authorityId: string) {
    return this.held.find(({ authority }) => authority.authorityId === authorityId);
  },
});

const namesIn = (orders: readonly Order[]) =>
  orders.map((order) => {
    if (order.type === 'authority') return `+${order.authority.authorityId}`;
    return order.type === 'authority_forgotten' ? `-${order.authorityId}` : order.type;
  });

test('each authority is told of once, until it is another or none', () => {
  const [one, other] = [statusOf('a'), statusOf('b')];
  const feed = feedOf(one);
  const told = new AuthoritiesTold(feed);
  expect(namesIn(told.changes())).toEqual(['+a']);
  feed.held.push(other);
  expect(namesIn(told.changes())).toEqual(['+b']);
  expect(told.changes()).toEqual([]);
  feed.held = [statusOf('a')];
  expect(namesIn(told.changes())).toEqual(['+a', '-b']);
});

test('what is told shares the memory that the feed writes to', () => {
  const status = statusOf('a');
  expect(new AuthoritiesTold(feedOf(status)).all()).toEqual([
    {
      authorityId: 'a',
      certificateClass: 'signature',
      certificate: Buffer.of(1, 2, 3),
      index: status.index.memory,
      freshness: status.freshness.memory,
    },
  ]);
});
