import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { compareCrls, CrlStream, encodeCrl, lintCrl, type ListedCertificate, refusalOf } from '@kakunin/crl';
import type { Certificate, Extension, SigningCredential } from '@kakunin/x509';
import { BenchmarkError } from '../frame/benchmark.ts';

const DAY = 86_400_000;
/** As the publisher reads its store. */
const PIECE = 128 * 1024;

export interface Signer {
  readonly certificate: Certificate;
  readonly credential: SigningCredential;
}

export interface WrittenCrl {
  readonly crlNumber: bigint;
  readonly entries: Iterable<ListedCertificate>;
  readonly extensions?: readonly Extension[];
}

/** Signs a CRL and writes it to a file. */
export async function writeCrl(file: string, { certificate, credential }: Signer, crl: WrittenCrl): Promise<void> {
  const thisUpdate = Date.now();
  const { subject: issuer, subjectKeyIdentifier } = certificate;
  const head = { issuer, thisUpdate, nextUpdate: thisUpdate + DAY, authorityKeyIdentifier: subjectKeyIdentifier! };
  await pipeline(encodeCrl({ ...head, ...crl }, credential.key), createWriteStream(file));
}

const read = (file: string, isVerified = true): Promise<CrlStream> =>
  CrlStream.open(createReadStream(file, { highWaterMark: PIECE }), { isVerified });

/** All that a publisher does before it lets go of a CRL: hashes the one before, reads back, verifies, lints, compares. @returns its entries */
export async function checkFile(file: string, previousFile: string, { certificate }: Signer): Promise<number> {
  await pipeline(createReadStream(previousFile, { highWaterMark: PIECE }), createHash('sha256'));
  const [previous, next] = [await read(previousFile, false), await read(file)];
  const { disappeared } = await compareCrls({ previous, next, mayDisappear: () => false });
  await previous.finish();
  const report = await next.finish();
  const problems = [refusalOf(report, { authority: certificate, now: Date.now() }), ...lintCrl(report)];
  if (disappeared > 0 || problems.some((problem) => problem !== undefined))
    throw new BenchmarkError(`The CRL does not pass its own check: ${JSON.stringify(problems)}.`);
  return report.entries;
}
