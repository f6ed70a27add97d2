import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '@kakunin/calendar';
import { CLOCK } from '@kakunin/runtime';
import { createTestCa, type IssuedCertificate } from '@kakunin/testing/test-ca';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { RegistryDatabase } from '../database/registry-database.ts';
import { IdentificationStory, signChallenge } from '../identifications/testing/identification-story.ts';
import { Vault } from '../keys/vault.ts';
import type { Send } from '../testing/api-client.ts';
import { type RegistryUnderTest, startRegistry } from '../testing/registry-under-test.ts';
import { CallQuotas } from './call-quotas.ts';
import { CallerWatch } from './caller-watch.ts';
import { PersonsAsked } from './persons-asked.ts';
import { ProbingBlocks } from './probing-blocks.ts';
import { ProbingMetrics } from './probing-metrics.ts';

const sealingKeysDirectory = mkdtempSync(join(tmpdir(), 'kakunin-honey-'));
let registry: RegistryUnderTest;
let story: IdentificationStory;
let card: IssuedCertificate;
beforeAll(async () => {
  mkdirSync(join(sealingKeysDirectory, 'sealed-g1'));
  writeFileSync(join(sealingKeysDirectory, 'sealed-g1', 'sealing-1.key'), randomBytes(32).toString('hex'));
  registry = await startRegistry('registry', { sealingKeysDirectory });
  story = await IdentificationStory.begin(registry);
  card = await story.issue('holder');
});
afterAll(async () => {
  await registry.close();
  rmSync(sealingKeysDirectory, { recursive: true });
});

/** A platform provider of its own, with a service provider behind it. */
async function newCaller(code: string, limit?: object): Promise<Send> {
  const send = await registry.join(code, { kind: 'platform_provider', roles: ['platform_provider'] });
  await registry.operator('PUT', `/relying-parties/${code}-sp`, {
    name: code,
    kind: 'service_provider',
    platformProvider: code,
    roles: [],
  });
  if (limit) await registry.operator('PUT', `/relying-parties/${code}/call-limit`, limit);
  return send;
}

const ask = (send: Send, code: string, subject = card) =>
  story.possession(subject, { serviceProvider: `${code}-sp` }, send);

/** What another process has in memory: nothing, until it looks. */
const elsewhere = () => {
  const { app } = registry.service;
  const [database, clock] = [app.get(RegistryDatabase), app.get<Clock>(CLOCK)];
  return {
    quotas: new CallQuotas(database, clock),
    persons: new PersonsAsked(database, app.get(Vault), clock),
    blocks: new ProbingBlocks(database, clock),
  };
};
const share = (): Promise<void> => registry.service.app.get(CallerWatch).share();
const BLOCKED_ONCE = {
  caller: 'pf-guess',
  reason: 'probing',
  blockedAt: expect.any(Number) as number,
  until: expect.any(Number) as number,
  times: 1,
};
const STANDARD = { callsPerHour: 1_000, personsPerDay: 1_000 };

describe('a caller', () => {
  it('has limits from the day it is registered, and not before', async () => {
    const limit = (code: string) => registry.operator('GET', `/relying-parties/${code}/call-limit`);
    expect(await limit('pf-typo')).toMatchObject({ status: 404, body: { code: 'relying_party_unknown' } });
    await newCaller('pf-limited', { callsPerHour: 3, personsPerDay: 2 });
    expect(await limit('pf-limited')).toMatchObject({ status: 200, body: { callsPerHour: 3, personsPerDay: 2 } });
    expect((await limit('pf-limited-sp')).status).toBe(200);
  });

  it('that has asked as often as it may is refused, by a process that has just started as well', async () => {
    const send = await newCaller('pf-often', { callsPerHour: 3, personsPerDay: 100 });
    for (let call = 0; call < 3; call++) expect((await ask(send, 'pf-often')).status).toBe(200);
    const detail = expect.stringMatching(/again in \d+ seconds/) as string;
    const body = { code: 'calls_exhausted', detail };
    expect(await ask(send, 'pf-often')).toMatchObject({ status: 429, body });
    await expect(elsewhere().quotas.take('pf-often', STANDARD)).rejects.toThrow('as often as you may');
    expect(await ask(await newCaller('pf-other'), 'pf-other')).toMatchObject({ status: 200 });
  });

  it('that has asked about as many persons as it may is refused until tomorrow, in all processes', async () => {
    const send = await newCaller('pf-many', { callsPerHour: 1_000, personsPerDay: 2 });
    for (let call = 0; call < 5; call++) expect((await ask(send, 'pf-many')).status).toBe(200);
    await share();
    expect((await ask(send, 'pf-many')).status).toBe(200);
    for (const holder of ['one', 'two', 'three']) await ask(send, 'pf-many', await story.issue(holder));
    await share();
    expect(await ask(send, 'pf-many')).toMatchObject({ status: 429, body: { code: 'persons_exhausted' } });
    await expect(elsewhere().persons.admit('pf-many', STANDARD)).rejects.toThrow('ask again tomorrow');
  });

  it('that asks about one person before midnight and one behind it has asked about one on each day', async () => {
    const { app } = registry.service;
    const DAY = 86_400_000;
    // Asia/Tokyo has no summer time.
    const midnight = Math.ceil((Date.now() + 9 * 3_600_000) / DAY) * DAY - 9 * 3_600_000;
    let now = midnight - 1;
    const asked = () => new PersonsAsked(app.get(RegistryDatabase), app.get(Vault), { now: () => now });
    const limit = { callsPerHour: 1_000, personsPerDay: 1 };
    const persons = asked();
    await persons.add('pf-night', '1', limit);
    const sharing = persons.share(limit);
    now = midnight;
    await Promise.all([sharing, persons.add('pf-night', '2', limit)]);
    await persons.share(limit);
    await asked().admit('pf-night', limit);
    now = midnight - 1;
    await asked().admit('pf-night', limit);
  });

  it('that guesses is blocked, until the operator lifts it', async () => {
    const send = await newCaller('pf-guess');
    const strangers = await Promise.all(Array.from({ length: 40 }, () => story.authority.issue()));
    await Promise.all(strangers.map((stranger) => ask(send, 'pf-guess', stranger)));
    const blocked = { status: 403, body: { code: 'caller_blocked' } };
    expect(await ask(send, 'pf-guess')).toMatchObject(blocked);
    await share();
    const { blocks } = elsewhere();
    await blocks.share();
    expect(blocks.has('pf-guess')).toBe(true);
    const listed = await registry.operator<unknown[]>('GET', '/probing-blocks');
    expect(listed.body).toContainEqual(BLOCKED_ONCE);
    await registry.operator('POST', '/probing-blocks/lifts', { caller: 'pf-guess' });
    await share();
    expect((await ask(send, 'pf-guess')).status).toBe(200);
    expect(await registry.operator('POST', '/probing-blocks/lifts', { caller: 'pf-guess' })).toMatchObject({
      status: 404,
      body: { code: 'block_unknown' },
    });
  });

  it('with a burst of mistakes is slowed down, then blocked, and let in again by itself; the next time later', async () => {
    let ahead = 0;
    const clock = registry.service.app.get<Clock>(CLOCK);
    const now = clock.now.bind(clock);
    vi.spyOn(clock, 'now').mockImplementation(() => now() + ahead);
    onTestFinished(() => void vi.mocked(clock.now).mockRestore());
    const slowedDown = vi.spyOn(registry.service.app.get(ProbingMetrics).slowedDown, 'inc');
    const send = await newCaller('pf-hasty');
    const mistake = async () => ask(send, 'pf-hasty', await story.authority.issue());
    for (const minutes of [10, 40]) {
      await Promise.all(Array.from({ length: 20 }, mistake));
      const calls = slowedDown.mock.calls.length;
      await Promise.all(Array.from({ length: 24 }, mistake));
      expect(slowedDown.mock.calls.length).toBeGreaterThan(calls);
      await share();
      const until = expect.stringMatching(/refused until 20\d\d-\S+Z/) as string;
      expect(await ask(send, 'pf-hasty')).toMatchObject({
        status: 403,
        body: { code: 'caller_blocked', detail: until },
      });
      ahead += minutes * 60_000 - 5_000;
      await share();
      expect((await ask(send, 'pf-hasty')).status).toBe(403);
      ahead += 10_000;
      // Without a round in between: the time alone lets it in, by this process and by others.
      expect((await ask(send, 'pf-hasty')).status).toBe(200);
      await share();
      expect((await ask(send, 'pf-hasty')).status).toBe(200);
    }
  });

  it('that has certificates and no proofs is treated as one that guesses: no block tells what is registered', async () => {
    const send = await newCaller('pf-blind');
    const thief = await story.authority.issue();
    const steal = async () => {
      const behind = { serviceProvider: 'pf-blind-sp' };
      const proof = await signChallenge(send, thief, behind);
      return send('POST', '/identifications', { ...proof, ...behind, certificate: card.certificatePem });
    };
    await Promise.all(Array.from({ length: 40 }, steal));
    expect((await ask(send, 'pf-blind')).body.code).toBe('caller_blocked');
  });

  it('gets challenges for its calls, and for some that are never signed', async () => {
    const send = await newCaller('pf-greedy', { callsPerHour: 2, personsPerDay: 100 });
    const challenge = () => send('POST', '/challenges', { serviceProvider: 'pf-greedy-sp' });
    for (let call = 0; call < 4; call++) expect((await challenge()).status).toBe(201);
    expect(await challenge()).toMatchObject({ status: 429, body: { code: 'calls_exhausted' } });
  });

  it('that shows a certificate which nobody holds is blocked at once', async () => {
    const sealed = await createTestCa();
    await registry.operator('POST', '/authorities', {
      authorityId: 'sealed-g1',
      certificateClass: 'signature',
      certificate: sealed.certificatePem,
      serialScheme: { kind: 'sealed' },
    });
    const ca = await registry.join('ca', { kind: 'office', roles: ['certificate_authority'] });
    const request = { authorityId: 'sealed-g1', requestId: 'a', count: 10_000 };
    const { body } = await ca<Record<'serialNumbers' | 'honeySerialNumbers', string[]>>(
      'POST',
      '/serial-numbers',
      request,
    );
    const ordinary = await sealed.issue({ serialNumber: body.serialNumbers[0]! });
    const honey = await sealed.issue({ serialNumber: body.honeySerialNumbers[0]! });
    const send = await newCaller('pf-thief');
    expect((await ask(send, 'pf-thief', ordinary)).body.code).toBe('not_identifiable');
    expect((await ask(send, 'pf-thief', honey)).body.code).toBe('not_identifiable');
    expect((await ask(send, 'pf-thief')).body.code).toBe('caller_blocked');
    await share();
    const listed = await registry.operator<unknown[]>('GET', '/probing-blocks');
    expect(listed.body).toContainEqual(expect.objectContaining({ caller: 'pf-thief', reason: 'honey' }));
  });
});
