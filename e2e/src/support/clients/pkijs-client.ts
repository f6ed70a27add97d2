import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { decodePem, HASH_ALGORITHMS } from '@kakunin/x509';
import * as asn1js from 'asn1js';
import { BasicOCSPResponse, Certificate, Extension, OCSPRequest, OCSPResponse } from 'pkijs';
import type { ClientQuestion, IndependentClient } from './independent-client.ts';
import { revoked } from './what-clients-say.ts';

const NONCE = '1.3.6.1.5.5.7.48.1.2';
const REASONS: Readonly<Record<number, string>> = { 1: 'keyCompromise', 6: 'certificateHold' };
const STATUSES = ['good', 'revoked', 'unknown'];

/** pkijs over WebCrypto, with a nonce. */
export const pkijsClient: IndependentClient = {
  name: 'pkijs',
  hashAlgorithms: HASH_ALGORITHMS,
  cannotVerify: ['Ed25519'],
  ask: (questions) => Promise.all(questions.map(askOne)),
};

const read = (file: string): Certificate => Certificate.fromBER(decodePem('CERTIFICATE', readFileSync(file, 'utf8')));

async function askOne({ url, authorityFile, certificateFile, hashAlgorithm }: ClientQuestion): Promise<string> {
  const [authority, certificate] = [read(authorityFile), read(certificateFile)];
  const nonce = new asn1js.OctetString({ valueHex: randomBytes(32) }).toBER();
  const request = new OCSPRequest();
  const webCryptoName = hashAlgorithm.replace('sha', 'SHA-');
  await request.createForCertificate(certificate, { hashAlgorithm: webCryptoName, issuerCertificate: authority });
  request.tbsRequest.requestExtensions = [new Extension({ extnID: NONCE, extnValue: nonce })];
  const headers = { 'content-type': 'application/ocsp-request' };
  const response = await fetch(url, { method: 'POST', headers, body: request.toSchema(true).toBER() });
  const { responseBytes } = OCSPResponse.fromBER(await response.arrayBuffer());
  if (!responseBytes) return 'error refused';
  const basic = BasicOCSPResponse.fromBER(responseBytes.response.valueBlock.valueHexView);
  if (!(await basic.verify({ trustedCerts: [authority] }))) return 'error wrong signature';
  const echoed = basic.tbsResponseData.responseExtensions?.find(({ extnID }) => extnID === NONCE);
  if (!echoed || !Buffer.from(nonce).equals(echoed.extnValue.valueBlock.valueHexView)) return 'error wrong nonce';
  const { isForCertificate, status } = await basic.getCertificateStatus(certificate, authority);
  if (!isForCertificate) return 'error another certificate';
  return status === 1 ? revocationIn(basic) : (STATUSES[status] ?? `error ${status}`);
}

/** pkijs leaves the RevokedInfo as it found it. */
function revocationIn(basic: BasicOCSPResponse): string {
  const info = basic.tbsResponseData.responses[0]?.certStatus as asn1js.Constructed;
  const [time, reason] = info.valueBlock.value as [asn1js.GeneralizedTime, asn1js.Constructed];
  const [code] = reason.valueBlock.value as [asn1js.Enumerated];
  return revoked(REASONS[code.valueBlock.valueDec] ?? 'another reason', time.toDate().getTime());
}
