import { createHash, randomUUID, sign } from 'node:crypto';
import { type DerivedCredentialKind, registrationMessage } from '@kakunin/derived-credentials';
import { createTestCa, type IssuedCertificate } from '@kakunin/testing/test-ca';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ListSender } from '../imports/testing/list-sender.ts';
import { NewsDesk } from '../news/news-desk.ts';
import { type NewsUnderTest, startNews } from '../news/testing/news-under-test.ts';
import type { Send } from '../testing/api-client.ts';

let news: NewsUnderTest;
beforeAll(async () => void (news = await startNews()));
afterAll(() => news.close());

interface Registration {
  readonly reference: string;
  readonly kind?: DerivedCredentialKind;
  readonly sender?: Send;
  /** What is sent beside, or in place of, kind and reference. */
  readonly body?: object;
  /** What the person agreed to, when it is something else. */
  readonly agreed?: string;
}

async function register(base: IssuedCertificate, { reference, ...registration }: Registration) {
  const { kind = 'account', sender = news.pf, agreed = reference, body = { kind, reference } } = registration;
  const challenge = await news.pf<{ challengeId: string; challenge: string }>('POST', '/challenges', {
    serviceProvider: 'sp-a',
  });
  const message = registrationMessage({
    challenge: Buffer.from(challenge.body.challenge, 'base64'),
    provider: 'sp-a',
    kind,
    reference: agreed,
  });
  return sender<{ state: string; code: string }>('POST', '/derived-credentials', {
    serviceProvider: 'sp-a',
    base: base.certificatePem,
    challengeId: challenge.body.challengeId,
    signature: sign('sha256', message, base.privateKey).toString('base64'),
    ...body,
  });
}

/** What is told of one credential. */
const toldOf = async (reference: string, count: number) => {
  const told = async () =>
    (await news.feedOf('sp-a')).body.items
      .map(({ event }) => event)
      .filter((event) => event.type === 'derived_credential_changed')
      .filter((event) => event.reference === reference)
      .map(({ state, reason }) => `${state} ${reason}`);
  await expect.poll(told).toHaveLength(count);
  return told();
};
const stateOf = async (reference: string): Promise<string> => {
  const question = { serviceProvider: 'sp-a', reference };
  return (await news.pf<{ state: string }>('POST', '/derived-credentials/look-ups', question)).body.state;
};

it('a certificate of a private authority moves to the renewed base, and ends with it', async () => {
  const base = await news.issue('employee');
  const own = await (await createTestCa()).issue({ notAfter: base.certificate.notAfter });
  const reference = createHash('sha256').update(own.certificate.der).digest('hex');
  const body = { kind: 'certificate', certificate: own.certificatePem };
  const answer = await register(base, { reference, kind: 'certificate', body });
  expect(answer).toMatchObject({ status: 201, body: { kind: 'certificate', reference, state: 'grounded' } });
  await news.turn('holds', base);
  expect(await toldOf(reference, 1)).toEqual(['suspended base_held']);
  await news.turn('releases', base);
  const renewed = await news.issue('employee', { predecessor: { serialNumber: base.certificate.serialNumber } });
  await news.turn('revocations', base, { reason: 'superseded' });
  expect(await toldOf(reference, 3)).toEqual([
    'suspended base_held',
    'grounded base_released',
    'grounded base_renewed',
  ]);
  await news.turn('revocations', renewed, { reason: 'keyCompromise' });
  expect((await toldOf(reference, 4)).at(-1)).toBe('ended base_unsafe');
  expect(await stateOf(reference)).toBe('ended');
});

it('rests on a certificate of any authority, and ends by a CRL of that one', async () => {
  const other = await ListSender.register(news.registry, 'other-g1');
  const base = await other.ca.issue();
  const { serialNumber, notAfter } = base.certificate;
  const record = { serialNumber, notAfter, carrier: 'card', holder: 'foreigner' };
  await news.registry.operator('POST', '/authorities/other-g1/certificates', record);
  await register(base, { reference: 'foreign' });
  const crl = await other.crl({ crlNumber: 1, entries: { [serialNumber]: 'keyCompromise' } });
  expect((await other.send('format=crl', crl)).body).toMatchObject({ imported: 1 });
  expect(await toldOf('foreign', 1)).toEqual(['ended base_unsafe']);
});

describe('a certificate whose own authority is registered', () => {
  /** Of a private authority, registered on the certificate of a holder. */
  const derive = async (issuer: ListSender, holder: string) => {
    const base = await news.issue(holder);
    const own = await issuer.ca.issue({ notAfter: base.certificate.notAfter });
    const reference = createHash('sha256').update(own.certificate.der).digest('hex');
    const body = { kind: 'certificate', certificate: own.certificatePem };
    const agree = () => register(base, { reference, kind: 'certificate', body });
    return { base, own, reference, register: agree, serialNumber: own.certificate.serialNumber };
  };
  const lookUp = async (reference: string) =>
    (await news.pf('POST', '/derived-credentials/look-ups', { serviceProvider: 'sp-a', reference })).body;

  it('ends by a CRL that lists it, though its authority has registered none of its certificates', async () => {
    const issuer = await ListSender.register(news.registry, 'private-g1');
    const derived = await derive(issuer, 'listed');
    expect((await derived.register()).status).toBe(201);
    const entries = { [derived.serialNumber]: 'keyCompromise', abcdef: 'keyCompromise' } as const;
    const crl = await issuer.crl({ crlNumber: 1, entries });
    expect((await issuer.send('format=crl', crl)).body).toMatchObject({ imported: 1, rejected: 1 });
    expect(await toldOf(derived.reference, 1)).toEqual(['ended credential_revoked']);
    expect(await lookUp(derived.reference)).toMatchObject({ state: 'ended', reason: 'credential_revoked' });
    expect((await issuer.send('format=crl', crl)).body).toMatchObject({ imported: 0, unchanged: 1, rejected: 1 });
    // Nobody told the other authority's status of what rests elsewhere.
    expect((await news.feedOf('sp-b')).body.items).toEqual([]);
    expect(await toldOf(derived.reference, 1)).toHaveLength(1);
  });

  it('is suspended by a hold, beside its base, and released by a delta', async () => {
    const issuer = await ListSender.register(news.registry, 'private-g2');
    const derived = await derive(issuer, 'on-hold');
    await derived.register();
    const entries = { [derived.serialNumber]: 'certificateHold' } as const;
    await issuer.send('format=crl', await issuer.crl({ crlNumber: 1, entries }));
    expect(await toldOf(derived.reference, 1)).toEqual(['suspended credential_held']);
    await news.turn('holds', derived.base);
    await news.turn('releases', derived.base);
    expect((await toldOf(derived.reference, 3)).slice(1)).toEqual(['suspended base_held', 'suspended base_released']);
    const released = { [derived.serialNumber]: 'removeFromCRL' } as const;
    await issuer.send('format=crl', await issuer.crl({ crlNumber: 2, base: 1, entries: released }));
    expect((await toldOf(derived.reference, 4)).at(-1)).toBe('grounded credential_released');
    expect(await lookUp(derived.reference)).toMatchObject({ state: 'grounded', reason: 'credential_released' });
  });

  it('ends by any word of an authority that has registered it, before or behind the credential', async () => {
    const issuer = await ListSender.register(news.registry, 'private-g3');
    const path = '/authorities/private-g3';
    const [early, late] = [await derive(issuer, 'early'), await derive(issuer, 'late')];
    const record = ({ own: { certificate } }: typeof early, more: object = {}) => {
      const { serialNumber, notAfter } = certificate;
      return news.registry.operator('POST', `${path}/certificates`, {
        serialNumber,
        notAfter,
        carrier: 'card',
        ...more,
      });
    };
    await record(early);
    await early.register();
    const revocation = { serialNumber: early.serialNumber, reason: 'superseded' };
    await news.registry.operator('POST', `${path}/revocations`, revocation);
    expect(await toldOf(early.reference, 1)).toEqual(['ended credential_revoked']);
    expect(await early.register()).toMatchObject({ status: 409, body: { code: 'credential_revoked' } });
    await late.register();
    await record(late, { status: { status: 'revoked', reason: 'superseded', revocationDate: Date.now() - 1_000 } });
    expect(await toldOf(late.reference, 1)).toEqual(['ended credential_revoked']);
  });
});

it('waits for the successor of a base that was replaced, also when the successor is held at first', async () => {
  const base = await news.issue('waits');
  await register(base, { reference: 'waits', kind: 'fido_credential' });
  await news.turn('revocations', base, { reason: 'superseded' });
  expect(await toldOf('waits', 1)).toEqual(['suspended base_replaced']);
  const lock = `hashtextextended('kakunin news desk', 0)`;
  await news.database.query(`SELECT pg_advisory_lock(${lock})`);
  const successor = await news.issue('waits', { predecessor: { serialNumber: base.certificate.serialNumber } });
  await news.turn('holds', successor);
  await news.database.query(`SELECT pg_advisory_unlock(${lock})`);
  await expect.poll(async () => (await news.database.query('SELECT FROM news_item')).rowCount).toBe(0);
  expect(await toldOf('waits', 1)).toEqual(['suspended base_replaced']);
  await news.turn('releases', successor);
  expect((await toldOf('waits', 2)).at(-1)).toBe('grounded base_renewed');
});

it('ends when its base expires, or no successor comes', async () => {
  const base = await news.issue('expires');
  await register(base, { reference: 'expires' });
  await news.database.query('UPDATE derived_credential SET base_not_after = 1 WHERE state = $1', ['grounded']);
  // The service looks at time once a minute by itself.
  await news.registry.service.app.get(NewsDesk, { strict: false }).tellOfTime();
  expect(await toldOf('expires', 1)).toEqual(['ended base_expired']);
});

it('ends when the person is erased', async () => {
  const base = await news.issue('forgotten');
  await register(base, { reference: 'forgotten' });
  const person = { authorityId: 'user-g1', holder: 'forgotten' };
  const erased = await news.registry.operator('POST', '/persons/erasures', { requestId: randomUUID(), person });
  expect(erased.body).toMatchObject({ outcome: 'erased' });
  expect(await toldOf('forgotten', 1)).toEqual(['ended person_erased']);
  expect((await register(base, { reference: 'again' })).body.code).toBe('not_identifiable');
});

it("takes the person's agreement to this credential, at this provider, and to no other", async () => {
  const base = await news.issue('careful');
  expect((await register(base, { reference: 'another', agreed: 'this' })).body.code).toBe('not_identifiable');
  const unknown = await news.authority.issue();
  expect((await register(unknown, { reference: 'unknown' })).body.code).toBe('not_identifiable');
  expect((await register(base, { reference: 'thief', sender: news.otherPf })).body.code).toBe('relying_party_unknown');
});

it('refuses a reference that is taken, a base that is held, and a life longer than its ground', async () => {
  const base = await news.issue('strict');
  expect((await register(base, { reference: 'mine' })).status).toBe(201);
  expect((await register(base, { reference: 'mine' })).body.code).toBe('reference_taken');
  const body = { kind: 'account', reference: 'long', notAfter: base.certificate.notAfter + 1_000 };
  expect((await register(base, { reference: 'long', body })).body.code).toBe('lifetime_exceeds_base');
  await news.turn('holds', base);
  expect((await register(base, { reference: 'late' })).body.code).toBe('base_unfit');
  // Each of them has told something of the base.
  const { rows } = await news.database.query(
    `SELECT outcome, holder_tag IS NULL AS nobody FROM audit_entry WHERE action = 'derived_credential' ORDER BY sequence DESC LIMIT 4`,
  );
  expect(rows.map(({ outcome }) => outcome as string)).toEqual(['refused', 'refused', 'refused', 'granted']);
  expect(rows.every(({ nobody }) => nobody === false)).toBe(true);
});

it('is told of no more when its provider has ended it', async () => {
  const base = await news.issue('leaver');
  await register(base, { reference: 'leaver' });
  const named = { serviceProvider: 'sp-a', reference: 'leaver' };
  expect((await news.otherPf('POST', '/derived-credentials/endings', named)).status).toBe(404);
  expect((await news.pf('POST', '/derived-credentials/endings', named)).status).toBe(204);
  expect(await news.pf('POST', '/derived-credentials/endings', named)).toMatchObject({
    status: 404,
    body: { code: 'derived_credential_unknown' },
  });
  expect((await register(base, { reference: 'leaver' })).status).toBe(201);
});
