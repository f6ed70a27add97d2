import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { certIdOf, encodeOcspRequest } from '@kakunin/ocsp';
import { createTestCa, type IssuedCertificate, type TestCa } from '@kakunin/testing/test-ca';
import type { Certificate } from '@kakunin/x509';
import type { AskedAuthority, Caller, Holder } from '../lib/plan.ts';
import { NONCE_OCTETS, type RequestTemplate } from '../lib/request-template.ts';
import { certificateAt } from '../model/population.ts';

const FIRST_SERIAL = 0x100000;
/** Each is a k6 of its own. */
const PLATFORM_PROVIDERS = 4;
const SERVICE_PROVIDERS_EACH = 4;
const HOLDERS = 50;
const DAY = 86_400_000;

/** The two families, with their shares of the checks: what people sign, and what they log in with. */
const FAMILIES = [
  { authorityId: 'load-signature', certificateClass: 'signature', share: 0.2 },
  { authorityId: 'load-user-authentication', certificateClass: 'user-authentication', share: 0.8 },
] as const;

export interface MadeAuthority {
  readonly asked: AskedAuthority;
  readonly certificateClass: string;
  readonly ca: TestCa;
  readonly responder: IssuedCertificate;
}

/** Everything made up for a campaign. The same seed and size make the same certificates; keys are new each time. */
export interface DataSet {
  readonly authorities: readonly MadeAuthority[];
  readonly callers: readonly Caller[];
  readonly greedy: Caller;
  readonly holders: readonly (Holder & { readonly certificate: Certificate })[];
  readonly spare: { readonly firstSerial: number; readonly count: number };
}

export interface DataSetInput {
  readonly seed: number;
  /** Certificates of each authority. */
  readonly certificates: number;
  /** Certificates beside those, whose revocation the campaign watches. */
  readonly spare: number;
  /** Issues the client certificates. */
  readonly clients: TestCa;
}

export async function makeDataSet({ seed, certificates, spare, clients }: DataSetInput): Promise<DataSet> {
  const authorities = await Promise.all(
    FAMILIES.map(({ certificateClass, ...family }, index) => {
      const shape = { revokedShare: 0.13, smartphoneShare: 0.15, reuseExponent: 0.9 };
      const population = { seed: seed + index, size: certificates, ...shape };
      return makeAuthority(certificateClass, { ...family, population });
    }),
  );
  const codes = Array.from({ length: PLATFORM_PROVIDERS }, (_, index) => `load-pf-${index + 1}`);
  const firstHolder = FIRST_SERIAL + certificates + spare;
  return {
    authorities,
    callers: await Promise.all(codes.map((code) => makeCaller(code, clients))),
    greedy: await makeCaller('load-pf-greedy', clients),
    holders: await Promise.all(
      Array.from({ length: HOLDERS }, (_, index) => makeHolder(authorities[1]!.ca, firstHolder + index)),
    ),
    spare: { firstSerial: FIRST_SERIAL + certificates, count: spare },
  };
}

async function makeAuthority(
  certificateClass: string,
  family: Pick<AskedAuthority, 'authorityId' | 'share' | 'population'>,
): Promise<MadeAuthority> {
  const ca = await createTestCa({ keyType: 'p256' });
  const responder = await ca.issueResponder({ keyType: 'p256' });
  const withNonce = templateOf(ca.certificate, Buffer.alloc(NONCE_OCTETS, 0xa5));
  const asked = { ...family, firstSerial: FIRST_SERIAL, withNonce, withoutNonce: templateOf(ca.certificate) };
  return { asked, certificateClass, ca, responder };
}

/** A request as the SDK makes it; the places of serial number and nonce are found by what was put there. */
export function templateOf(authority: Certificate, nonce?: Uint8Array): RequestTemplate {
  const serial = FIRST_SERIAL.toString(16);
  const certIds = [certIdOf(authority, serial, 'sha1')];
  const octets = Buffer.from(encodeOcspRequest({ certIds, ...(nonce && { nonce }) }));
  const mark = Buffer.from(serial.padStart(6, '0'), 'hex');
  const serialOffset = octets.lastIndexOf(Buffer.concat([Buffer.from([0x02, mark.length]), mark])) + 2;
  return {
    octets: octets.toString('hex'),
    serialOffset,
    serialLength: mark.length,
    ...(nonce && { nonceOffset: octets.indexOf(nonce) }),
  };
}

async function makeCaller(code: string, clients: TestCa): Promise<Caller> {
  const { certificatePem, keyPem } = await clients.issueClient(code);
  const serviceProviders = Array.from({ length: SERVICE_PROVIDERS_EACH }, (_, index) => `${code}-sp-${index + 1}`);
  return { code, certificatePem, keyPem, serviceProviders };
}

async function makeHolder(ca: TestCa, serial: number): Promise<DataSet['holders'][number]> {
  const { certificate, certificatePem, privateKey } = await ca.issue({
    keyType: 'p256',
    serialNumber: serial.toString(16),
  });
  return { certificate, certificatePem, key: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64') };
}

/** The authority's list as it would hand it over (CSV), line by line. */
export function* certificateLines({ authorities, holders, spare }: DataSet, authority: MadeAuthority, now: number) {
  const notAfter = new Date(now + 1_000 * DAY).toISOString();
  const revokedAt = new Date(now - 30 * DAY).toISOString();
  yield 'serial_number,not_after,carrier,status,revocation_date,reason,holder\n';
  const { population, firstSerial, authorityId } = authority.asked;
  for (let ordinal = 0; ordinal < population.size; ordinal += 1) {
    const { carrier, revoked } = certificateAt(population, ordinal);
    const status = revoked ? `revoked,${revokedAt},superseded` : 'good,,';
    yield `${(firstSerial + ordinal).toString(16)},${notAfter},${carrier},${status},${authorityId}-${ordinal}\n`;
  }
  if (authority === authorities[0]) {
    for (let index = 0; index < spare.count; index += 1) {
      yield `${(spare.firstSerial + index).toString(16)},${notAfter},card,good,,,\n`;
    }
  } else {
    for (const [index, { certificate }] of holders.entries()) {
      yield `${certificate.serialNumber},${notAfterOf(certificate)},card,good,,,holder-${index}\n`;
    }
  }
}

const notAfterOf = ({ notAfter }: Certificate): string => new Date(notAfter).toISOString();

/** Puts what signs for the authorities where responder and publisher look for it. */
export function writeSigners({ authorities }: DataSet, folder: string): void {
  for (const { asked, ca, responder } of authorities) {
    writePair(join(folder, 'ocsp', asked.authorityId), responder);
    writePair(join(folder, 'crl', asked.authorityId), ca);
  }
}

function writePair(directory: string, { certificatePem, keyPem }: IssuedCertificate): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'certificate.pem'), certificatePem);
  writeFileSync(join(directory, 'key.pem'), keyPem, { mode: 0o600 });
}
