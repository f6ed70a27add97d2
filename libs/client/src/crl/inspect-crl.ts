import { createHash } from 'node:crypto';
import {
  CRL_EXTENSION,
  CrlError,
  crlNumberOf,
  type CrlReport,
  CrlStream,
  extensionOf,
  readIssuingDistributionPoint,
  refusalOf,
} from '@kakunin/crl';
import type { Certificate } from '@kakunin/x509';
import { Failure } from './failure.ts';
import type { ListedCrl } from './listed-crls.ts';
import type { StoredCrl } from './types.ts';

/** A CRL that is to be kept, and who signs it. */
export interface Wanted {
  readonly crl: ListedCrl;
  readonly authority: Certificate;
}

/** What a file holds. */
export interface InspectedCrl {
  /** Lower-case hex. */
  readonly sha256: string;
  /** undefined: it is no CRL. */
  readonly report: CrlReport | undefined;
  readonly crlNumber: bigint | undefined;
}

/** Reads a file to its end, once, in memory that does not grow with it. */
export async function inspectCrl(file: StoredCrl): Promise<InspectedCrl> {
  const hash = createHash('sha256');
  const octets = file.read()[Symbol.asyncIterator]();
  const hashed = {
    async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
      for (let next = await octets.next(); !next.done; next = await octets.next()) {
        hash.update(next.value);
        yield next.value;
      }
    },
  };
  const report = await reportOf(hashed);
  // What is no CRL was not read to its end.
  for (let next = await octets.next(); !next.done; next = await octets.next()) hash.update(next.value);
  return { sha256: hash.digest('hex'), report, crlNumber: report && crlNumberOf(report) };
}

async function reportOf(octets: AsyncIterable<Uint8Array>): Promise<CrlReport | undefined> {
  try {
    return await (await CrlStream.open(octets)).finish();
  } catch (error) {
    if (error instanceof CrlError) return undefined;
    throw error;
  }
}

/** @throws Failure `damaged` | `unverifiable` when it is not the CRL that the manifest lists, signed and in force */
export function requireListed(found: InspectedCrl, { crl: listed, authority }: Wanted, now: number): void {
  if (found.sha256 !== listed.sha256)
    throw new Failure('damaged', 'What came has another SHA-256 than the manifest says.');
  if (!found.report) throw new Failure('unverifiable', 'It is no CRL.');
  const distributionPoint = listed.partition === undefined ? undefined : nameEndingWith(found.report, listed.url);
  if (listed.partition !== undefined && !distributionPoint) {
    throw new Failure('unverifiable', 'It is of another partition.');
  }
  const refusal = refusalOf(found.report, {
    authority,
    now,
    distributionPoint,
    baseCrlNumber: listed.baseCrlNumber,
  });
  if (refusal) throw new Failure('unverifiable', `The CRL cannot be relied upon (${refusal}).`);
  if (found.crlNumber !== listed.crlNumber)
    throw new Failure('unverifiable', 'It has another number than the manifest says.');
}

function nameEndingWith(report: CrlReport, path: string): string | undefined {
  const extension = extensionOf(report, CRL_EXTENSION.issuingDistributionPoint);
  if (!extension) return undefined;
  const names = readIssuingDistributionPoint(extension.value).fullName ?? [];
  return names.find((name) => name.endsWith(path.replace(/\/delta\.crl$/, '.crl')) || name.endsWith(path));
}
