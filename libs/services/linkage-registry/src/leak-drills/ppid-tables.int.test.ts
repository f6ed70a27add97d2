import { createHash, createHmac } from 'node:crypto';
import { jstStartOfDay } from '@kakunin/calendar';
import { parsePpid } from '@kakunin/linkage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identifyAt } from '../testing/identify-at.ts';
import { until } from '../testing/registry-under-test.ts';
import { type LeakScene, stageLeak } from './testing/leak-scene.ts';

let scene: LeakScene;
beforeAll(async () => void (scene = await stageLeak()));
afterAll(() => scene.news.close());

const table = (serviceProvider: string): string[] => scene.victims.map(({ ppids }) => ppids[serviceProvider]!);
const bitsOf = (ppid: string): string => ppid.slice(1, -1);

describe('drill 1: the ppids of one service provider leak', () => {
  it('the attacker learns how many persons it knows, and of each only a name that means nothing elsewhere', () => {
    const leaked = table('sp-a');
    expect(new Set(leaked).size).toBe(scene.victims.length);
    for (const ppid of leaked) expect(parsePpid(ppid)).toBe(ppid);
  });

  it('he tests a person whom he knows, with certificate and all, against the table: no guess without a key fits', () => {
    const leaked = new Set(table('sp-a').map(bitsOf));
    const guesses = scene.victims.flatMap((victim) => {
      const { serialNumber, subject, publicKey, der } = victim.issued.certificate;
      const known = [victim.holder, serialNumber, Buffer.from(subject), Buffer.from(publicKey), Buffer.from(der)];
      return known.flatMap((each) => [
        createHash('sha256').update(each).digest(),
        createHmac('sha256', 'sp-a').update(each).digest(),
        createHmac('sha256', Buffer.alloc(32)).update(Buffer.of(1)).update(each).digest(),
      ]);
    });
    for (const guess of guesses) {
      const symbols = `1${BigInt(`0x${guess.subarray(0, 20).toString('hex')}`)
        .toString(32)
        .toUpperCase()}`;
      expect(leaked.has(symbols)).toBe(false);
      expect(leaked.has(guess.toString('hex'))).toBe(false);
    }
  });

  it('he asks the registry about a ppid: no call takes one, and nobody else may read its news', async () => {
    const [ppid] = table('sp-a');
    const asked = [
      await scene.news.otherPf('POST', '/identifications', { serviceProvider: 'sp-x', ppid }),
      await scene.news.otherPf('POST', '/challenges', { serviceProvider: 'sp-x', ppid }),
      await scene.news.otherPf('GET', `/linkage-events?serviceProvider=sp-x&ppid=${ppid}`),
      await scene.news.otherPf('GET', '/linkage-events?serviceProvider=sp-a'),
    ];
    expect(asked.map(({ status }) => status)).toEqual([400, 400, 400, 404]);
  });
});

describe('drill 2: two service providers join their tables', () => {
  it('no name is in both, and none is nearer to its other half than to a stranger', () => {
    const [ours, theirs] = [table('sp-a'), table('sp-b')];
    expect(ours.filter((ppid) => theirs.includes(ppid))).toEqual([]);
    const distance = (one: string, other: string): number =>
      [...bitsOf(one)].filter((symbol, index) => symbol !== bitsOf(other)[index]).length;
    const paired = ours.map((ppid, index) => distance(ppid, theirs[index]!));
    const strangers = ours.map((ppid, index) => distance(ppid, theirs[(index + 1) % theirs.length]!));
    const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;
    // 32 symbols, of which chance makes one equal: 31 ± 1 for each pair.
    expect(mean(paired)).toBeGreaterThan(29.5);
    expect(mean(strangers)).toBeGreaterThan(29.5);
    const order = (values: readonly string[]): number[] => values.map((each) => [...values].sort().indexOf(each));
    expect(order(ours)).not.toEqual(order(theirs));
  });

  it('what they wrote beside the names joins them all the same: that stays possible', () => {
    const accounts = (serviceProvider: string) =>
      scene.victims.map(({ holder, ppids }) => ({ ppid: ppids[serviceProvider]!, mail: `${holder}@example.jp` }));
    const byMail = new Map(accounts('sp-b').map(({ ppid, mail }) => [mail, ppid]));
    const joined = accounts('sp-a').map(({ ppid, mail }) => [ppid, byMail.get(mail)]);
    expect(joined).toEqual(scene.victims.map(({ ppids }) => [ppids['sp-a'], ppids['sp-b']]));
  });

  it('news that come to both at once join them too, if both keep when they came', async () => {
    const victim = scene.victims.at(-1)!;
    const before = await Promise.all(['sp-a', 'sp-b'].map((each) => scene.news.eventsOf(each, 1)));
    await scene.news.turn('holds', victim.issued);
    const [ours, theirs] = [
      await scene.news.eventsOf('sp-a', before[0]!.length + 1),
      await scene.news.eventsOf('sp-b', before[1]!.length + 1),
    ];
    const { ppids } = victim;
    expect([ours.at(-1), theirs.at(-1)]).toMatchObject([{ ppid: ppids['sp-a'] }, { ppid: ppids['sp-b'] }]);
  });
});

describe('a service provider beside the public CRL', () => {
  it('has nothing in its table that tells one entry from another of that day: no serial number comes of it', async () => {
    const revoked = scene.victims.slice(0, 4);
    for (const { issued } of revoked.slice(1)) await scene.news.turn('revocations', issued, { reason: 'superseded' });
    const told = async () =>
      (await scene.news.feedOf('sp-a')).body.items.filter(({ event }) => event.type === 'certificate_revoked');
    await until(async () => (await told()).length === revoked.length);
    // What everybody can download: serial number and second of revocation, a list of all.
    const events = await scene.news.registry.eventsOf<{ status?: { revocationDate?: number } }>('certificate-events');
    const crl = events.flatMap(({ status }) => status?.revocationDate ?? []);
    const days = new Set(crl.map(jstStartOfDay));
    expect(crl.length).toBeGreaterThanOrEqual(revoked.length);
    for (const { event } of await told()) expect(days.has(event.at)).toBe(true);
    // Who asks again about a person is told no more of it.
    const { body } = await identifyAt(scene.news.pf, 'sp-a', revoked[0]!.issued);
    expect(days.has(body.since!)).toBe(true);
  });
});
