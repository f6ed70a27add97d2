import { randomBytes, randomUUID, sign } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { identificationMessage } from '@kakunin/linkage';
import { compareTimes, quantile, type Timed } from '@kakunin/testing/rank-test';
import type { IssuedCertificate } from '@kakunin/testing/test-ca';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RegistryDatabase } from '../database/registry-database.ts';
import { CallerWatch } from '../probing/caller-watch.ts';
import { type RegistryUnderTest, startRegistry } from '../testing/registry-under-test.ts';
import { AttemptRecorder } from './attempt-recorder.ts';
import { Examination } from './examination.ts';
import { IdentificationStory } from './testing/identification-story.ts';

/** Of each kind. More of them find what is smaller: some 7 / √samples of what is noise. */
const SAMPLES = Number(process.env['KAKUNIN_TIMING_SAMPLES'] ?? 60);
/** So that no single key or row is the difference. */
const CERTIFICATES = 8;
const LIMIT_MS = Math.max(180_000, SAMPLES * 400);

interface Question {
  readonly subjects: readonly IssuedCertificate[];
  readonly serviceProvider: string;
  /** Whose keys sign in place of theirs. */
  readonly signers?: readonly IssuedCertificate[];
  /** A difference that is put in, ms. */
  readonly slowedBy?: number;
}

let registry: RegistryUnderTest;
let known: IssuedCertificate[];
let unknown: IssuedCertificate[];
beforeAll(async () => {
  // No round of news in between, which would look at the same tables.
  registry = await startRegistry('registry', { newsIntervalSeconds: 60 });
  const story = await IdentificationStory.begin(registry);
  const indexes = Array.from({ length: CERTIFICATES }, (_, index) => index);
  known = await Promise.all(indexes.map((index) => story.issue(`holder ${index}`)));
  unknown = await Promise.all(indexes.map(() => story.authority.issue()));
  await registry.join('pf-b', { kind: 'platform_provider', roles: ['platform_provider'] });
  const party = { name: 'sp-x', kind: 'service_provider', platformProvider: 'pf-b', roles: [] };
  await registry.operator('PUT', '/relying-parties/sp-x', party);
});
afterAll(() => registry.close());

interface Challenge {
  readonly challengeId: string;
  readonly challenge: Buffer;
}

/** As many as are needed, at once: they are not what is timed. */
async function makeChallenges(serviceProvider: string): Promise<readonly Challenge[]> {
  const made = Array.from({ length: 2 * SAMPLES }, () => ({ challengeId: randomUUID(), challenge: randomBytes(32) }));
  await registry.service.app.get(RegistryDatabase).query(
    `INSERT INTO challenge (challenge_id, challenge, platform_provider, service_provider, expires_at)
     SELECT challenge_id, challenge, 'pf-a', $3, $4 FROM unnest($1::uuid[], $2::bytea[]) AS made (challenge_id, challenge)`,
    [
      made.map(({ challengeId }) => challengeId),
      made.map(({ challenge }) => challenge),
      serviceProvider,
      Date.now() + LIMIT_MS,
    ],
  );
  return made;
}

/** All that is done for a refusal, but for the wait until the grid, which would hide what is found here. */
function refusal({ subjects, serviceProvider, signers = subjects, slowedBy = 0 }: Question): Timed {
  const { app } = registry.service;
  const [examination, recorder, watch] = [app.get(Examination), app.get(AttemptRecorder), app.get(CallerWatch)];
  const parties = { platformProvider: 'pf-a', serviceProvider };
  const challenges: Challenge[] = [];
  let next = 0;
  return async () => {
    const index = (next += 1) % CERTIFICATES;
    if (challenges.length === 0) challenges.push(...(await makeChallenges(serviceProvider)));
    const { challengeId, challenge } = challenges.pop()!;
    const signature = sign('sha256', identificationMessage({ ...parties, challenge }), signers[index]!.privateKey);
    const proof = { kind: 'possession', challengeId, signature } as const;
    const { certificate } = subjects[index]!;
    const started = performance.now();
    const request = { ...parties, certificate, purpose: 'login', action: 'identification', proof } as const;
    const examined = await examination.examine(request);
    if (slowedBy > 0) await sleep(slowedBy);
    const { personKey } = await recorder.record(examination.attempt(examined));
    watch.observe('pf-a', { authority: examined.issuer?.authority, certificate, personId: undefined });
    const took = performance.now() - started;
    expect(personKey).toBeUndefined();
    return took;
  };
}

const ofUnknown = (slowedBy = 0): Timed => refusal({ subjects: unknown, serviceProvider: 'sp-a', slowedBy });

describe('the work for a refusal takes the same time', { timeout: LIMIT_MS }, () => {
  it.each<[string, () => Question]>([
    ['whose service provider stands behind another', () => ({ subjects: known, serviceProvider: 'sp-x' })],
    [
      'that somebody shows without its key',
      () => ({ subjects: known, serviceProvider: 'sp-a', signers: known.toReversed() }),
    ],
  ])('of a certificate that nobody knows, and of one %s', async (_, question) => {
    const compared = await compareTimes({ one: ofUnknown(), other: refusal(question()), samples: SAMPLES });
    expect(compared).toMatchObject({ differs: false });
  });

  it('or this would find it: a millisecond more, on a busy machine what its noise does not drown', async () => {
    const alike = ofUnknown();
    const noise: number[] = [];
    for (let call = 0; call < 40; call += 1) noise.push(await alike());
    const least = Math.max(1, quantile(noise, 0.75) - quantile(noise, 0.25));
    let found = false;
    // The noise may have become more since it was looked at.
    for (let times = 1; !found && times <= 8; times *= 2) {
      const slower = ofUnknown(times * least);
      found = (await compareTimes({ one: slower, other: alike, samples: SAMPLES })).differs;
    }
    expect(found).toBe(true);
  });
});
