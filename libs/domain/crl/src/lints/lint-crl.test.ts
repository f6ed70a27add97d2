import { type DerPart, encodeDer, generalizedTime, integer, sequence, time } from '@kakunin/der';
import { createTestCa, type TestCa } from '@kakunin/testing/test-ca';
import { type Extension, signatureAlgorithmIdentifier } from '@kakunin/x509';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  CRL_EXTENSION,
  deltaCrlIndicator,
  expiredCertsOnCrl,
  freshestCrl,
  issuingDistributionPoint,
} from '../crl-extensions.ts';
import { CrlStream } from '../stream/crl-stream.ts';
import {
  craftCrl,
  craftEntry,
  type CrlParts,
  extensionList,
  inPieces,
  keyExtension,
  NOW,
  numberExtension,
  reasonExtension,
} from '../testing/craft-crl.ts';
import { CRL_LINTS, lintCrl } from './lint-crl.ts';

let ca: TestCa;
beforeAll(async () => {
  ca = await createTestCa();
});

const findingsOf = async (parts: CrlParts): Promise<readonly string[]> => {
  const stream = await CrlStream.open(inPieces(await craftCrl(ca, parts)));
  return lintCrl(await stream.finish()).map(({ lint }) => lint);
};

const withExtensions = (...more: readonly Extension[]): CrlParts => ({
  extensions: [keyExtension(ca), numberExtension(7), ...more],
});
const withEntry = (serial: number | Uint8Array, ...rest: readonly DerPart[]): CrlParts => ({
  entries: [craftEntry(serial, ...rest)],
});
const unknown = { id: '1.2.3', critical: true, value: encodeDer(integer(1)) };
const invalidityDate = { id: '2.5.29.24', critical: true, value: encodeDer(generalizedTime(NOW)) };
const issuerOfEntry = { id: CRL_EXTENSION.certificateIssuer, critical: true, value: encodeDer(sequence()) };
const otherAlgorithm = signatureAlgorithmIdentifier['rsa-sha256'];
const scope = issuingDistributionPoint({ fullName: ['http://crl.example/p.crl'] });

/** By rule: CRLs that break it, and no other. */
const BROKEN: Readonly<Record<string, readonly (() => CrlParts)[]>> = {
  'rfc5280/5-1-1-2-signature-algorithm': [() => ({ outerAlgorithm: otherAlgorithm })],
  'rfc5280/5-1-2-1-version': [() => ({ version: null }), () => ({ version: integer(2) })],
  'rfc5280/5-1-2-3-issuer': [() => ({ issuer: sequence() })],
  'rfc5280/5-1-2-4-this-update': [() => ({ thisUpdate: generalizedTime(NOW) })],
  'rfc5280/5-1-2-5-next-update': [
    () => ({ nextUpdate: null }),
    () => ({ nextUpdate: time(NOW) }),
    () => ({ nextUpdate: generalizedTime(NOW + 1_000) }),
  ],
  'rfc5280/5-1-2-6-empty-list': [() => ({ entries: [] })],
  'rfc5280/5-1-2-6-revocation-date': [() => withEntry(1, generalizedTime(NOW))],
  'rfc5280/5-1-2-6-serial-number': [
    () => withEntry(Uint8Array.of(0x80)),
    () => withEntry(Buffer.concat([Uint8Array.of(1), Buffer.alloc(20)])),
  ],
  'rfc5280/5-2-extensions': [
    () => withExtensions(unknown),
    () => ({ extensions: [keyExtension(ca), numberExtension(7, true)] }),
    () => ({ extensions: [{ ...keyExtension(ca), critical: true }, numberExtension(7)] }),
  ],
  'rfc5280/5-2-1-authority-key-identifier': [
    () => ({ extensions: [numberExtension(7)] }),
    () => ({ extensions: [{ ...keyExtension(ca), value: encodeDer(sequence()) }, numberExtension(7)] }),
  ],
  'rfc5280/5-2-3-crl-number': [
    () => ({ extensions: [keyExtension(ca)] }),
    () => ({ extensions: [keyExtension(ca), numberExtension(2n ** 160n)] }),
    () => ({ extensions: [keyExtension(ca), { ...numberExtension(1), value: encodeDer(sequence()) }] }),
  ],
  'rfc5280/5-2-4-delta-crl-indicator': [
    () => withExtensions({ ...deltaCrlIndicator(6n), critical: false }),
    () => withExtensions(deltaCrlIndicator(8n)),
  ],
  'rfc5280/5-2-5-issuing-distribution-point': [
    () => withExtensions({ ...scope, critical: false }),
    () => withExtensions({ ...scope, value: encodeDer(sequence()) }),
    // onlyContainsUserCerts and onlyContainsCACerts; indirectCRL; a flag that is FALSE.
    ...['30068101ff8201ff', '30038401ff', '3003810100'].map(
      (hex) => () => withExtensions({ ...scope, value: Buffer.from(hex, 'hex') }),
    ),
  ],
  'rfc5280/5-2-6-freshest-crl': [() => withExtensions(deltaCrlIndicator(6n), freshestCrl('http://crl.example/d.crl'))],
  'rfc5280/5-3-entry-extensions': [
    () => withEntry(1, time(NOW), sequence()),
    () => withEntry(1, time(NOW), extensionList(unknown)),
    () => withEntry(1, time(NOW), extensionList(issuerOfEntry)),
  ],
  'rfc5280/5-3-1-reason-code': [
    () => withEntry(1, time(NOW), extensionList(reasonExtension(0))),
    () => withEntry(1, time(NOW), extensionList(reasonExtension(8))),
    () => withEntry(1, time(NOW), extensionList(reasonExtension(1, true))),
    () => withEntry(1, time(NOW), extensionList(invalidityDate)),
  ],
  'x509/9-5-2-8-expired-certs-on-crl': [
    () => withExtensions(expiredCertsOnCrl(NOW + 1_000)),
    () => withExtensions({ ...expiredCertsOnCrl(NOW), value: encodeDer(time(NOW)) }),
  ],
  'profile/ascending-serial-numbers': [
    () => ({ entries: [craftEntry(2), craftEntry(1)] }),
    () => ({ entries: [craftEntry(1), craftEntry(1)] }),
    () => ({ entries: [craftEntry(0x8000), craftEntry(0x7fff)] }),
  ],
};

test('every rule has an example that breaks it', () => {
  expect(Object.keys(BROKEN).sort()).toEqual(CRL_LINTS.map(({ name }) => name).sort());
});

describe.each(CRL_LINTS.map(({ name }) => name))('%s', (name) => {
  test.each(BROKEN[name]!.map((parts) => [parts]))('is broken', async (parts) => {
    expect(await findingsOf(parts())).toEqual([name]);
  });
});

test.each<[string, () => CrlParts]>([
  ['entries', () => ({ entries: [craftEntry(1), craftEntry(0x7f), craftEntry(0x80), craftEntry(0x100)] })],
  ['none', () => ({ entries: null })],
  ['a partition', () => withExtensions(scope, freshestCrl('http://crl.example/p-delta.crl'))],
  [
    'user certificates only',
    () => withExtensions(issuingDistributionPoint({ fullName: [], onlyContains: 'userCerts' })),
  ],
  [
    'a delta',
    () => ({ ...withExtensions(deltaCrlIndicator(6n)), ...withEntry(1, time(NOW), extensionList(reasonExtension(8))) }),
  ],
  ['expired ones', () => withExtensions(expiredCertsOnCrl(NOW - 1_000))],
  ['dates from 2050 on', () => withEntry(1, time(Date.UTC(2050, 0)))],
])('a CRL with %s breaks none', async (_, parts) => {
  expect(await findingsOf(parts())).toEqual([]);
});
