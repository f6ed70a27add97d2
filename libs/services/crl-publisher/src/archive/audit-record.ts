import { createHash } from 'node:crypto';
import { CrlError, crlNumberOf, CrlStream } from '@kakunin/crl';
import { EvidenceError, type RecordFacts } from '@kakunin/evidence';
import type { ObjectStore } from '@kakunin/objects';
import { crlKey } from '@kakunin/publication';
import type { Certificate } from '@kakunin/x509';
import type { ArchivedCrls } from './archived-crls.ts';
import type { AuditFault } from './audit-finding.ts';

/** What an archived CRL is held against. */
export interface AuditedRecord {
  readonly facts: RecordFacts;
  readonly archived: ArchivedCrls;
  readonly store: ObjectStore;
  readonly authority: Certificate;
  /** Its file must be there. */
  readonly isNewest: boolean;
}

/** Makes a CRL again, and looks at it, its signature, and its file where there is one still. */
export async function auditRecord(audited: AuditedRecord): Promise<readonly AuditFault[]> {
  const { facts, store, isNewest } = audited;
  const key = crlKey(facts.crl, facts.crl.crlNumber);
  const file = await store.open(key);
  const fault = await faultOf(audited);
  const isAltered = file && (await hashOf(file.read())) !== facts.crl.sha256;
  return [
    ...(fault ? [fault] : []),
    ...(isAltered ? (['file_altered'] as const) : []),
    ...(!file && isNewest ? (['file_missing'] as const) : []),
  ];
}

async function faultOf({ facts, archived, authority }: AuditedRecord): Promise<AuditFault | undefined> {
  const hash = createHash('sha256');
  try {
    const stream = await CrlStream.open(shown(archived.of(facts).content.read(), (piece) => hash.update(piece)));
    const report = await stream.finish();
    if (hash.digest('hex') !== facts.crl.sha256) return 'crl_differs';
    const isRight = report.isSignedBy(authority.publicKey) && crlNumberOf(report) === facts.crl.crlNumber;
    return isRight ? undefined : 'signature_wrong';
  } catch (error) {
    if (error instanceof EvidenceError || error instanceof CrlError) return 'crl_differs';
    throw error;
  }
}

async function* shown(
  pieces: AsyncIterable<Uint8Array>,
  show: (piece: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    show(piece);
    yield piece;
  }
}

async function hashOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}
