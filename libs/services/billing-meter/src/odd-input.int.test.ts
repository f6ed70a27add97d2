import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MeterUnderTest } from './testing/meter-under-test.ts';

let meter: MeterUnderTest;
beforeAll(async () => void (meter = await MeterUnderTest.start()));
afterAll(() => meter.stop());

const cursor = (key: unknown): string => Buffer.from(JSON.stringify(key)).toString('base64url');
const LARGEST = Number.MAX_SAFE_INTEGER;
const NUL = '\0';
const counted = (start: string): string[] => [start, ...Array<string>(8).fill('')];
const days = 'from=2026-10-01&to=2026-11-01';
const note = (knownAt: number) => ({ reason: { ja: '訂正', en: 'x' }, correction: { kind: 'prices', knownAt } });

describe('whatever is asked for is answered, or is a problem of who asks', () => {
  it.each([
    ...['0000-01', '0099-12', '1969-12', '9999-12'].flatMap((month) => [
      `/billing/${month}`,
      `/billing/${month}?format=csv`,
      `/billing/${month}/close`,
      `/billing/${month}/records`,
      `/billing/${month}/records?after=${'f'.repeat(32)}/${'9'.repeat(18)}`,
      `/reconciliation/${month}`,
      `/reconciliation/${month}?deep=true`,
      `/statements/${month}/pf-a`,
      `/statements/${month}/pf-a/credit-notes`,
      `/statements/${month}/pf-a/invoice.pdf`,
    ]),
    '/billing/%00',
    `/statements?cursor=${cursor([NUL, NUL])}`,
    `/statements?cursor=${cursor(['\ud800', ''])}`,
    `/statements/2026-10/pf-a?cursor=${cursor([LARGEST])}`,
    `/statements/2026-10/%00`,
    `/statements/2026-10/pf-a/credit-notes/%00/invoice.pdf`,
    `/usage?${days}&cursor=${cursor(counted('2026-99'))}`,
    `/usage?${days}&cursor=${cursor(counted('2026-10-99'))}`,
    `/usage?${days}&cursor=${cursor(counted('2026-10#'))}`,
    `/usage?${days}&cursor=${cursor(counted(`2026-10-01${NUL}`))}`,
    `/usage?${days}&by=month&cursor=${cursor(counted('2026-00'))}`,
    '/usage?from=0000-01-01&to=0000-01-02',
    '/usage?from=9999-12-01&to=9999-12-31&by=hour',
    `/tariffs?knownAt=${LARGEST}`,
    `/tariffs?cursor=${cursor(NUL)}`,
    `/tariffs/ocsp-signature/revisions?cursor=${cursor(LARGEST)}`,
    `/usage-events/quarantine?cursor=${cursor('9'.repeat(18))}`,
    '/resale/0000-01',
    '/resale/9999-12',
    '/ledgers/pf-a/tile/0/%00',
  ])('GET %s', async (path) => {
    for (const caller of ['finance', 'pf-a']) {
      const { status, headers, body } = await meter.get(path, caller);
      expect(status, body).toBeLessThan(500);
      if (status !== 200) expect(headers['content-type'], body).toMatch(/^application\/problem\+json/);
    }
  });

  it.each([
    ['/billing/9999-12/close', { dryRun: true }],
    ['/billing/0000-01/close', { dryRun: true }],
    ['/statements/2026-10/pf-a/credit-notes', note(LARGEST)],
    ['/simulations', { periods: ['0000-01', '9999-12'], assumptions: [] }],
    ['/simulations', { period: '2026-10', assumptions: [{ kind: 'fee_resumes', on: LARGEST }] }],
    ['/simulations', { period: '2026-10', assumptions: [{ kind: 'crl_instead_of_ocsp', from: LARGEST }] }],
    ['/usage-producers/%00/retire', { reason: 'x' }],
    [`/usage-producers/${'f'.repeat(32)}/retire`, { reason: 'x', giveUpSegments: '9'.repeat(18) }],
    ['/refused-usage-segments/redeliver', { dryRun: 'yes' }],
    ['/tariffs/ocsp-signature/end', { validTo: LARGEST }],
  ])('POST %s %j', async (path, body) => {
    const answer = await meter.post(path, 'finance', body);
    expect(answer.status, answer.body).toBeLessThan(500);
    if (answer.status !== 200) expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  it.each(['', '[]', 'null', '"text"', '{', '\ufeff{}', '{"__proto__":1}', `{"a":${'['.repeat(100_000)}`])(
    'a body of %.20s',
    async (body) => {
      for (const path of [
        '/tariffs',
        '/simulations',
        '/billing/2026-10/close',
        '/usage-events',
        '/statements/2026-10/pf-a/credit-notes',
      ])
        for (const type of [
          'application/json',
          'application/cloudevents+json',
          'text/plain',
          'application/x-www-form-urlencoded',
        ]) {
          const answer = await meter.sendRaw(path, 'finance', body, { 'content-type': type });
          expect(answer.status, `${path} ${type} ${answer.body}`).toBeLessThan(500);
        }
    },
  );
});
