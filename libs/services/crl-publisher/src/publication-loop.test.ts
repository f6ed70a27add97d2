import { setTimeout as sleep } from 'node:timers/promises';
import { type CrlDescriptor, crlPointer } from '@kakunin/publication';
import { Health, type Logger } from '@kakunin/runtime';
import type { AuthorityStatus, StatusFeed } from '@kakunin/status-feed';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { type IssuanceOutcome, type Issued, withheld } from './issuing/issuance-outcome.ts';
import { PublicationLoop } from './publication-loop.ts';
import { PublicationMetrics } from './publication-metrics.ts';
import { PublicationSchedule } from './publication-schedule.ts';
import { PublicationTroubles } from './publication-troubles.ts';

const descriptor = (authorityId: string): CrlDescriptor =>
  ({ authorityId, crlNumber: 1n, entries: 0, bytes: 1, scheduled: true, nextPublication: Infinity }) as CrlDescriptor;

const issued = (authorityId: string, over: Partial<Issued> = {}): Issued => ({
  outcome: 'issued',
  published: [descriptor(authorityId)],
  unlisted: [{ authorityId }],
  troubles: [],
  nextPublication: Infinity,
  ...over,
});

let loop: PublicationLoop | undefined;
afterEach(() => loop?.stop());

interface World {
  readonly authorities: readonly string[];
  readonly issue: (authorityId: string) => Promise<IssuanceOutcome>;
  fresh?: boolean;
}

function start(world: World) {
  const clock = { now: () => Date.now() };
  const health = new Health();
  const registry = new Registry();
  const manifests: string[][] = [];
  const warnings: string[] = [];
  const authorities = world.authorities.map((authorityId) => ({ authority: { authorityId } }) as AuthorityStatus);
  const logger = {
    info: () => undefined,
    warn: (_: unknown, text: string) => warnings.push(text),
  } as unknown as Logger;
  const metrics = new PublicationMetrics({ registry, clock, newest: () => Promise.resolve([]), overlapOf: () => 0 });
  loop = new PublicationLoop({
    feed: {
      authorities: () => authorities,
      isFresh: () => world.fresh ?? true,
      onChange: () => () => true,
    } as unknown as StatusFeed,
    issuer: { issue: (status) => world.issue(status.authority.authorityId) },
    published: { updateManifest: async (series) => void manifests.push(series.map(crlPointer)) },
    schedule: new PublicationSchedule(() => 0),
    metrics,
    troubles: new PublicationTroubles({ metrics, logger }),
    health,
    clock,
    logger,
  });
  loop.start();
  return { health: () => health.report().checks[0], registry, manifests, warnings };
}

const until = async (look: () => boolean): Promise<void> => {
  while (!look()) await sleep(10);
};

describe('PublicationLoop', () => {
  it('lets no authority wait for another that hangs, and waits for it when it stops', async () => {
    const { promise: hanging, resolve: letGo } = Promise.withResolvers<IssuanceOutcome>();
    const seen: string[] = [];
    const { manifests } = start({
      authorities: ['hangs', 'goes'],
      issue: async (authorityId) => {
        seen.push(authorityId);
        return authorityId === 'hangs' ? hanging : issued(authorityId);
      },
    });
    await until(() => manifests.length === 1);
    expect(seen.toSorted()).toEqual(['goes', 'hangs']);
    const stopped = loop?.stop().then(() => 'stopped');
    expect(await Promise.race([stopped, sleep(50, 'waiting')])).toBe('waiting');
    letGo(issued('hangs', { published: [] }));
    expect(await stopped).toBe('stopped');
    expect(manifests).toHaveLength(2);
  });

  it('keeps no process alive that gave up before the database answered', async () => {
    const { manifests } = start({
      authorities: ['a'],
      issue: async () => issued('a'),
    });
    await until(() => manifests.length === 1);
    await loop?.stop();
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    loop?.start();
    expect(timers()).toBe(before);
  });

  it('is red for the authority in trouble until it is over, and says so once in the log', async () => {
    const outcomes: (IssuanceOutcome | Error)[] = [
      Object.assign(new Error('The disk is full.'), { code: 'store_unavailable' }),
      withheld('signer_missing'),
      issued('a'),
    ];
    const { health, registry, warnings } = start({
      authorities: ['a'],
      issue: async () => {
        const next = outcomes.shift();
        if (!next || next instanceof Error) throw next ?? new Error('too often');
        return next;
      },
    });
    await until(() => health()?.detail.includes('a: The disk is full.') ?? false);
    await until(() => health()?.detail.includes('a: there is no signing key') ?? false);
    await until(() => health()?.ok ?? false);
    expect(warnings).toHaveLength(2);
    const failures = await registry.getSingleMetricAsString('kakunin_crl_publication_failures_total');
    expect(failures).toContain('{authority="a",reason="store_unavailable"} 1');
    expect(failures).toContain('{authority="a",reason="signer_missing"} 1');
  });

  it('goes on at once while more is due, and lists in the manifest what an attempt before could not list', async () => {
    const outcomes = [
      issued('a', { nextPublication: 0 }),
      issued('a', { unlisted: [{ authorityId: 'a', partition: '13101' }] }),
    ];
    const { manifests } = start({ authorities: ['a'], issue: async () => outcomes.shift() ?? issued('a') });
    await until(() => manifests.length === 2);
    expect(manifests).toEqual([['crl/a.crl'], ['crl/a/partitions/13101.crl']]);
    expect(outcomes).toEqual([]);
  });

  it('names the partitions in trouble, the first of many, and counts each', async () => {
    const lost = withheld('entries_lost');
    const troubles = ['1', '2', '3', '4', '5'].map((partition) => {
      return { scope: { authorityId: 'a', partition }, reason: lost.reason, detail: 'entries are lost' };
    });
    const { health, registry } = start({ authorities: ['a'], issue: async () => issued('a', { troubles }) });
    await until(() => health()?.detail.includes('a: partitions 1, 2, 3 and 2 more: entries are lost') ?? false);
    const failures = await registry.getSingleMetricAsString('kakunin_crl_publication_failures_total');
    expect(failures).toMatch(/\{authority="a",reason="entries_lost"\} (5|10)$/);
  });

  it('waits for fresh status data after a start, red but without counting a failure', async () => {
    let attempts = 0;
    const world = {
      authorities: ['a'],
      fresh: false,
      issue: async (): Promise<IssuanceOutcome> => {
        attempts += 1;
        return issued('a');
      },
    };
    const { health } = start(world);
    await sleep(250);
    expect(attempts).toBe(0);
    expect(health()).toMatchObject({ ok: false, detail: expect.stringContaining('wait for the status data') });
    world.fresh = true;
    await until(() => health()?.ok ?? false);
  });
});
