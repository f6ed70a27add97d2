import { createHash } from 'node:crypto';
import { GOOD, type ParsedLine } from '@kakunin/certificates';
import {
  baseCrlNumberOf,
  CRL_EXTENSION,
  type CrlReport,
  CrlStream,
  crlNumberOf,
  ENTRY_FACT,
  extensionOf,
  readIssuingDistributionPoint,
  refusalOf,
  type StreamedEntry,
} from '@kakunin/crl';
import { type Certificate, serialNumberHex } from '@kakunin/x509';
import { RegistryError } from '../registry-error.ts';
import { derOf, Spool } from './octet-source.ts';

/** Which CRL a list is. */
export interface CrlScope {
  /** URL of the partition; empty: the authority's whole CRL. */
  readonly distributionPoint: string;
  readonly crlNumber: bigint;
  /** Of a delta. */
  readonly baseCrlNumber: bigint | undefined;
}

/** A CRL that may be relied upon, read once and kept to be read again. */
export interface VerifiedCrl extends CrlScope {
  /** SHA-256 of the DER, hex. */
  readonly hash: string;
  /** Counted from 1. */
  readonly entries: () => AsyncGenerator<ParsedLine>;
  readonly close: () => Promise<void>;
}

interface CrlListInput {
  readonly octets: AsyncIterable<Uint8Array>;
  readonly authority: Certificate;
  /** Epoch ms. */
  readonly now: number;
}

const INDIRECT = ENTRY_FACT.certificateIssuer | ENTRY_FACT.unknownCritical;
/** Between the authority's clock and ours, ms. */
const CLOCK_SKEW = 300_000;

/**
 * Reads a CRL (DER or PEM) to its end before anything of it is taken: the signature stands behind the last entry.
 * @throws CrlError `malformed_crl`; RegistryError `crl_refused`
 */
export async function verifiedCrl({ octets, authority, now }: CrlListInput): Promise<VerifiedCrl> {
  const hash = createHash('sha256');
  const spool = await Spool.of(hashed(derOf(octets), hash));
  try {
    const stream = await CrlStream.open(spool.read());
    const report = await stream.finish();
    const scope = scopeOf(report);
    const expected = { authority, now, clockSkew: CLOCK_SKEW, baseCrlNumber: scope.baseCrlNumber };
    const refusal = refusalOf(report, { ...expected, distributionPoint: scope.distributionPoint || undefined });
    if (refusal) throw refused(`it fails the check of ${refusal}`);
    if (report.entryFacts & INDIRECT) throw refused('it lists certificates of others, or says what is not known here');
    const close = (): Promise<void> => spool.close();
    return { ...scope, hash: hash.digest('hex'), entries: () => entriesOf(spool, scope), close };
  } catch (error) {
    await spool.close();
    throw error;
  }
}

async function* hashed(octets: AsyncIterable<Uint8Array>, hash: ReturnType<typeof createHash>) {
  for await (const piece of octets) {
    hash.update(piece);
    yield piece;
  }
}

function scopeOf(report: CrlReport): CrlScope {
  const point = extensionOf(report, CRL_EXTENSION.issuingDistributionPoint);
  return {
    distributionPoint: (point && readIssuingDistributionPoint(point.value)?.fullName?.[0]) ?? '',
    crlNumber: crlNumberOf(report) ?? 0n,
    baseCrlNumber: baseCrlNumberOf(report),
  };
}

async function* entriesOf(spool: Spool, { baseCrlNumber }: CrlScope): AsyncGenerator<ParsedLine> {
  const stream = await CrlStream.open(spool.read());
  for (let line = 1; await stream.advance(); line += 1) yield lineOf(line, stream.entry, baseCrlNumber !== undefined);
}

function lineOf(line: number, entry: StreamedEntry, isDelta: boolean): ParsedLine {
  const serialNumber = serialNumberHex(entry.serialNumber);
  if (serialNumber === undefined) return { line, reason: 'The serial number is negative or longer than 20 octets.' };
  const { reason = 'unspecified', revocationDate, invalidityDate } = entry;
  if (reason !== 'removeFromCRL') {
    const status = { status: 'revoked', revocationDate, reason } as const;
    return {
      line,
      record: { serialNumber, status: { ...status, ...(invalidityDate !== undefined && { invalidityDate }) } },
    };
  }
  if (isDelta) return { line, record: { serialNumber, status: GOOD } };
  return { line, reason: 'The reason removeFromCRL stands in a complete CRL.' };
}

const refused = (why: string): RegistryError =>
  new RegistryError('crl_refused', `Nothing was taken from the CRL: ${why}.`);
