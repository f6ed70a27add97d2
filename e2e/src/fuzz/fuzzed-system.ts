import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { certIdOf, encodeOcspRequest } from '@kakunin/ocsp';
import { requestCorpus } from '@kakunin/ocsp/testing/request-corpus';
import { decodePem, parseCertificate, type Certificate } from '@kakunin/x509';
import { newFolder, startOneProcess } from '../support/one-process.ts';

/** The whole system in one process, and requests to damage: about anything, and about certificates that it knows. */
export interface FuzzedSystem {
  readonly port: number;
  readonly pid: number;
  readonly corpus: readonly Uint8Array[];
  stop(): Promise<void>;
}

const KNOWN = [
  ['signature-g2', 'signature-valid'],
  ['signature-g2', 'signature-revoked'],
  ['user-authentication-g2', 'user-authentication-valid'],
] as const;

/** @param start what makes the one-process system in a new folder */
export async function startFuzzedSystem(start = startOneProcess): Promise<FuzzedSystem> {
  const folder = newFolder('fuzz');
  const { process, profile } = await start(folder, { KAKUNIN_LOG_LEVEL: 'error' });
  const read = (path: string): Certificate =>
    parseCertificate(decodePem('CERTIFICATE', readFileSync(join(folder, '.kakunin/sandbox', path), 'latin1')));
  const known = KNOWN.flatMap(([authorityId, name]) => {
    const issuer = read(`authorities/${authorityId}/ca.pem`);
    const certIds = [certIdOf(issuer, read(`certificates/${name}.pem`).serialNumber)];
    return [encodeOcspRequest({ certIds }), encodeOcspRequest({ certIds, nonce: new Uint8Array(32).fill(7) })];
  });
  // Half and half: what is known leads deeper.
  const others = requestCorpus();
  const corpus = [...others, ...Array.from(others, (_, index) => known[index % known.length]!)];
  const stop = async (): Promise<void> => {
    await process.stop();
    rmSync(folder, { recursive: true });
  };
  return { port: Number(new URL(profile.ocspUrl).port), pid: process.pid, corpus, stop };
}
