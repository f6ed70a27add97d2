import { createPublicKey } from 'node:crypto';
import { openEvidence } from '@kakunin/linkage';
import type { IssuedCertificate } from '@kakunin/testing/test-ca';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RegistryUnderTest, startRegistry } from '../testing/registry-under-test.ts';
import { IdentificationStory, signChallenge } from './testing/identification-story.ts';

let registry: RegistryUnderTest;
let story: IdentificationStory;
let card: IssuedCertificate;
beforeAll(async () => {
  registry = await startRegistry('registry', { openedCalls: 'receive_serial_number' });
  story = await IdentificationStory.begin(registry);
  card = await story.issue('holder');
});
afterAll(() => registry.close());

const REFUSED = { status: 404, body: { code: 'not_identifiable' } };
const POLICY = '/relying-parties/sp-a/identification-policy';
const allow = (purposes: object[], says = 'status') => registry.operator('PUT', POLICY, { purposes, says });

describe('evidence', () => {
  it('says to anybody with the key of the registry what was said to whom, and names the person by the ppid alone', async () => {
    const { body } = await story.possession(card);
    const anybody = registry.as(await registry.office.issueClient('anybody'));
    const keys = await anybody<{ evidence: { publicKey: string } }>('GET', '/signing-keys');
    const statement = openEvidence(body.evidence, [createPublicKey(keys.body.evidence.publicKey)]);
    expect(statement).toMatchObject({
      aud: 'sp-a',
      azp: 'pf-a',
      sub: body.ppid,
      proof: 'possession',
      purpose: 'login',
      status: 'good',
      since: body.since,
    });
    const payload = Buffer.from(body.evidence.split('.')[1]!, 'base64url').toString();
    expect(payload).not.toContain(card.certificate.serialNumber);
  });
});

describe('a policy', () => {
  it('is the strictest until the operator says otherwise: one purpose, and the holder signs', async () => {
    expect((await registry.operator('GET', POLICY)).body).toEqual({
      purposes: [{ purpose: 'login', proofs: ['possession'] }],
      says: 'status',
    });
    expect(await story.possession(card, { purpose: 'marketing' })).toMatchObject(REFUSED);
    expect(await story.identify(await story.checked(card))).toMatchObject(REFUSED);
    expect(
      await registry.operator('PUT', '/relying-parties/pf-a/identification-policy', {
        purposes: [{ purpose: 'login', proofs: ['possession'] }],
        says: 'status',
      }),
    ).toMatchObject({ status: 404, body: { code: 'relying_party_unknown' } });
  });

  it('takes a check where it says so, once', async () => {
    await allow([
      { purpose: 'login', proofs: ['possession'] },
      { purpose: 'address-update', proofs: ['check'] },
    ]);
    const { ppid } = (await story.possession(card)).body;
    const body = await story.checked(card, { purpose: 'address-update' });
    expect(await story.identify(body)).toMatchObject({ status: 200, body: { ppid } });
    expect(await story.identify(body)).toMatchObject(REFUSED);
    expect(await story.identify(await story.checked(card, { purpose: 'login' }))).toMatchObject(REFUSED);
    expect(await story.possession(card, { purpose: 'address-update' })).toMatchObject(REFUSED);
  });

  it('says how much is said of a certificate that is not good', async () => {
    const held = await story.issue('another holder');
    await registry.operator('POST', '/authorities/user-g1/holds', { serialNumber: held.certificate.serialNumber });
    const purposes = [{ purpose: 'login', proofs: ['possession'] }];
    await allow(purposes, 'usable');
    expect((await story.possession(card)).body.status).toBe('usable');
    const { body } = await story.possession(held);
    expect(body).toMatchObject({ status: 'not_usable' });
    expect(body).not.toHaveProperty('since');
    await allow(purposes, 'nothing');
    expect(await story.possession(held)).toMatchObject(REFUSED);
    expect((await story.possession(card)).status).toBe(200);
    await allow(purposes);
    expect((await story.possession(held)).body.status).toBe('held');
  });
});

it('says once that the certificate has changed, when the person comes with another', async () => {
  const phone = await story.issue('holder', { carrier: 'smartphone' });
  const succeeded = async (subject: IssuedCertificate) => (await story.possession(subject)).body.succeeded;
  expect([await succeeded(phone), await succeeded(phone), await succeeded(card)]).toEqual([true, false, false]);
});

it('lets a notified service provider ask for itself, and for nobody else', async () => {
  const party = { kind: 'service_provider', platformProvider: 'pf-a', roles: ['service_provider'] };
  const own = await registry.join('sp-own', party);
  const { ppid } = (await story.possession(card, { serviceProvider: 'sp-own' })).body;
  expect((await story.possession(card, { serviceProvider: 'sp-own' }, own)).body.ppid).toBe(ppid);
  expect(await story.possession(card, { serviceProvider: 'sp-a' }, own)).toMatchObject(REFUSED);
});

it('binds a serial number to a name for whom the operator has opened it, and says so in the audit log', async () => {
  const roles = ['service_provider', 'serial_recipient'];
  const recipient = await registry.join('sp-serial', { kind: 'service_provider', platformProvider: 'pf-a', roles });
  const proof = await signChallenge(recipient, card, { serviceProvider: 'sp-serial' });
  const { status, body } = await recipient('POST', '/serial-disclosures', {
    certificate: card.certificatePem,
    ...proof,
  });
  const { serialNumber } = card.certificate;
  expect({ status, body }).toMatchObject({ status: 200, body: { authorityId: 'user-g1', serialNumber } });
  const own = await story.possession(card, { serviceProvider: 'sp-serial' }, recipient);
  expect(own.body.ppid).toBe(body['ppid']);
  const auditor = await registry.join('auditor', { kind: 'office', roles: ['auditor'] });
  const log = await auditor<{ items: { entry: object }[] }>('GET', '/audit/entries');
  expect(log.body.items.map(({ entry }) => entry)).toContainEqual(
    expect.objectContaining({ action: 'serial_disclosure', caller: 'sp-serial', outcome: 'granted' }),
  );
});

it('names many at once, each proof once', async () => {
  const cards = await Promise.all(Array.from({ length: 20 }, (_, index) => story.issue(`holder ${index}`)));
  const answers = await Promise.all(cards.map((each) => story.possession(each)));
  expect(new Set(answers.map(({ body }) => body.ppid)).size).toBe(20);
  await allow([{ purpose: 'login', proofs: ['check'] }]);
  const body = await story.checked(card);
  const again = await Promise.all(Array.from({ length: 10 }, () => story.identify(body)));
  expect(again.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 9 }, () => 404)]);
});
