import { hash } from 'node:crypto';
import * as asn1js from 'asn1js';
import { Extension as PkijsExtension } from 'pkijs';
import { encodeDer } from '@kakunin/der';
import { encodeExtension, type Extension } from '@kakunin/x509';
import { expect, test } from 'vitest';
import { archiveCutoff, certHash, EXTENDED_REVOKE, singleExtensions } from './answer-extensions.ts';

const FINGERPRINT = hash('sha256', 'a certificate', 'buffer');
const hex = (extension: Extension) => encodeDer(encodeExtension(extension)).toString('hex');
/** As pkijs and asn1js read it. */
function read(extension: Extension) {
  const { extnID, critical, extnValue } = PkijsExtension.fromBER(
    Uint8Array.from(encodeDer(encodeExtension(extension))),
  );
  return { id: extnID, critical, value: asn1js.fromBER(extnValue.valueBlock.valueHexView).result };
}

test('golden: archiveCutoff is a GeneralizedTime', () => {
  const golden = `301e06092b0601050507300106${'0411180f'}${Buffer.from('20200102030405Z').toString('hex')}`;
  const cutoff = archiveCutoff(Date.UTC(2020, 0, 2, 3, 4, 5));
  expect(hex(cutoff)).toBe(golden);
  const { id, critical, value } = read(cutoff);
  expect([id, critical]).toEqual(['1.3.6.1.5.5.7.48.1.6', false]);
  expect(value instanceof asn1js.GeneralizedTime && value.toDate()).toEqual(new Date('2020-01-02T03:04:05Z'));
});

test('golden: CertHash is the algorithm and the digest of the certificate', () => {
  const sha256 = '300d06096086480165030402010500';
  expect(hex(certHash(FINGERPRINT))).toBe(`303c06052b2408030d0433${`3031${sha256}0420`}${FINGERPRINT.toString('hex')}`);
  const { id, critical, value } = read(certHash(FINGERPRINT));
  expect([id, critical]).toEqual(['1.3.36.8.3.13', false]);
  const [, digest] = (value as asn1js.Sequence).valueBlock.value;
  expect(Buffer.from((digest as asn1js.OctetString).valueBlock.valueHexView)).toEqual(FINGERPRINT);
});

test('golden: extended revoke is NULL, and not critical', () => {
  expect(hex(EXTENDED_REVOKE)).toBe('300f06092b060105050730010904020500');
});

test('single extensions are those that are told', () => {
  const ids = (told: Parameters<typeof singleExtensions>[0]) => singleExtensions(told).map(({ id }) => id);
  expect(ids({})).toEqual([]);
  expect(ids({ archiveCutoff: 0 })).toEqual(['1.3.6.1.5.5.7.48.1.6']);
  expect(ids({ fingerprint: FINGERPRINT, archiveCutoff: 1 })).toEqual(['1.3.6.1.5.5.7.48.1.6', '1.3.36.8.3.13']);
});
