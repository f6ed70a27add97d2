import { createTestCa } from '@kakunin/testing/test-ca';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RegistryUnderTest, startRegistry, until } from '../testing/registry-under-test.ts';
import { ListSender, pemOf, REVOKED_AT } from './testing/list-sender.ts';

let registry: RegistryUnderTest;
beforeAll(async () => void (registry = await startRegistry('crl_import')));
afterAll(() => registry.close());

describe('a CRL', () => {
  it('revokes what is registered, names what is not, and changes nothing when it comes again', async () => {
    const sender = await ListSender.register(registry, 'crl');
    await sender.issue('a1', 'a2', 'a3');
    const entries = { a1: 'keyCompromise', a2: 'certificateHold', ff: undefined } as const;
    const crl = await sender.crl({ crlNumber: 7, entries });
    const first = await sender.send('format=crl', crl);
    expect(first).toMatchObject({ status: 200, body: { imported: 2, unchanged: 0, rejected: 1 } });
    expect(first.body.errors).toEqual([{ line: 2 + 1, reason: expect.stringContaining('not registered') }]);
    expect(await sender.send('format=crl', pemOf(crl))).toMatchObject({
      body: { imported: 0, unchanged: 2, rejected: 1 },
    });
    await sender.issue('ff');
    expect(await sender.send('format=crl', crl)).toMatchObject({ body: { imported: 1, unchanged: 2, rejected: 0 } });
    await until(async () => (await sender.statusesOf('a2')).length === 2);
    expect(await sender.statusesOf('a1')).toEqual([
      { status: 'good' },
      { status: 'revoked', reason: 'keyCompromise', revocationDate: REVOKED_AT },
    ]);
    expect(await sender.statusesOf('a3')).toEqual([{ status: 'good' }]);
  });

  it('that is later leaves alone what it lists no more; its delta releases', async () => {
    const sender = await ListSender.register(registry, 'crl-delta');
    await sender.issue('b1', 'b2', 'b3');
    const first = await sender.crl({ crlNumber: 1, entries: { b1: 'certificateHold', b2: 'certificateHold' } });
    await sender.send('format=crl', first);
    const second = await sender.crl({ crlNumber: 2, entries: { b1: 'certificateHold' } });
    expect(await sender.send('format=crl', second)).toMatchObject({ body: { imported: 0, unchanged: 1 } });
    const delta = await sender.crl({ crlNumber: 3, base: 2, entries: { b1: 'removeFromCRL', b3: 'superseded' } });
    expect(await sender.send('format=crl', delta)).toMatchObject({ body: { imported: 2, rejected: 0 } });
    await until(async () => (await sender.statusesOf('b3')).length === 2);
    expect((await sender.statusesOf('b1')).at(-1)).toEqual({ status: 'good' });
    expect((await sender.statusesOf('b2')).at(-1)).toMatchObject({ reason: 'certificateHold' });
    expect(await sender.send('format=crl', second)).toMatchObject({ status: 409, body: { code: 'crl_outdated' } });
    const early = await sender.crl({ crlNumber: 9, base: 8, entries: {} });
    expect(await sender.send('format=crl', early)).toMatchObject({ status: 409, body: { code: 'crl_base_missing' } });
  });

  it('of a partition has numbers of its own', async () => {
    const sender = await ListSender.register(registry, 'crl-part');
    await sender.issue('c1', 'c2');
    await sender.send('format=crl', await sender.crl({ crlNumber: 5, entries: { c1: 'superseded' } }));
    const distributionPoint = 'http://crl.example/13101.crl';
    const part = await sender.crl({ crlNumber: 1, distributionPoint, entries: { c2: 'superseded' } });
    expect(await sender.send('format=crl', part)).toMatchObject({ status: 200, body: { imported: 1 } });
  });

  it.each([
    [
      'signed by nobody that is known',
      async (sender: ListSender) => sender.crl(D1, await createTestCa()),
      'crl_refused',
    ],
    ['changed by a bit', async (sender: ListSender) => changed(await sender.crl(D1)), 'crl_refused'],
    [
      'of the day before yesterday',
      (sender: ListSender) => sender.crl({ ...D1, thisUpdate: Date.now() - 2 * DAY }),
      'crl_refused',
    ],
    ['of tomorrow', (sender: ListSender) => sender.crl({ ...D1, thisUpdate: Date.now() + DAY }), 'crl_refused'],
    ['cut short', async (sender: ListSender) => (await sender.crl(D1)).subarray(0, -5), 'malformed_crl'],
    [
      'with something behind it',
      async (sender: ListSender) => Buffer.concat([await sender.crl(D1), Buffer.of(0)]),
      'malformed_crl',
    ],
    ['cut short as PEM', async (sender: ListSender) => pemOf(await sender.crl(D1)).slice(0, 200), 'malformed_crl'],
    ['that is none', async () => 'not a CRL', 'malformed_crl'],
    ['without a single octet', async () => '', 'malformed_crl'],
  ])('%s is refused before anything is taken', async (_, crlOf, code) => {
    const sender = await ListSender.register(registry, `refused-${(refused += 1)}`);
    await sender.issue('d1');
    expect(await sender.send('format=crl', await crlOf(sender))).toMatchObject({ status: 400, body: { code } });
    const good = await sender.send('format=crl', await sender.crl(D1));
    expect(good).toMatchObject({ status: 200, body: { imported: 1 } });
  });
});

let refused = 0;
const DAY = 86_400_000;
const D1 = { crlNumber: 4, entries: { d1: 'superseded' } } as const;

/** The revocation date of the entry, by a year. */
function changed(crl: Buffer): Buffer {
  const at = crl.indexOf('260401000000Z');
  crl[at + 1]! ^= 1;
  return crl;
}
