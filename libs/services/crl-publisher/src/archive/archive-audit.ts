import { alteredFiles, crlKeyOfRecord, decodeKeptBundle, EvidenceError, type KeptBundle } from '@kakunin/evidence';
import type { ObjectStore } from '@kakunin/objects';
import { crlPointer, type CrlSeries } from '@kakunin/publication';
import { parseOcspResponse } from '@kakunin/ocsp';
import { type Certificate, verifySignature } from '@kakunin/x509';
import { readCrlPath } from '../serving/crl-path.ts';
import { PublishedCrls } from '../published-crls.ts';
import { readAll } from '../read-all.ts';
import type { ArchivedCrls } from './archived-crls.ts';
import { type AuditFinding, type AuditSummary, isFault } from './audit-finding.ts';
import { auditSeries } from './audit-series.ts';
import type { CrlArchive } from './crl-archive.ts';

export interface ArchiveAuditOptions {
  readonly store: ObjectStore;
  readonly archive: CrlArchive;
  readonly archived: ArchivedCrls;
}

/** Re-reads all that is archived of an authority, and says what is missing or altered. */
export class ArchiveAudit {
  readonly #options: ArchiveAuditOptions;

  constructor(options: ArchiveAuditOptions) {
    this.#options = options;
  }

  /** Findings as they come up, and a summary at the end. */
  async *run(authorityId: string, authority: Certificate): AsyncGenerator<AuditFinding | AuditSummary> {
    const { store, archive, archived } = this.#options;
    const series = await this.#series(authorityId);
    const counts = { records: 0, bundles: 0, faults: 0 };
    const heads: Record<string, string> = {};
    for (const one of series) {
      const findings = auditSeries({ series: one, authority, store, records: archive.records, archived });
      for (let next = await findings.next(); ; next = await findings.next()) {
        if (next.done) {
          counts.records += next.value.records;
          if (next.value.head) heads[crlPointer(one)] = next.value.head;
          break;
        }
        counts.faults += isFault(next.value) ? 1 : 0;
        yield next.value;
      }
    }
    for await (const { key } of store.list(`evidence/${authorityId}/bundles/`)) {
      const finding = await this.#auditBundle(key, authority);
      counts.bundles += 1;
      counts.faults += finding ? 1 : 0;
      if (finding) yield finding;
    }
    yield { authorityId, series: series.length, ...counts, heads };
  }

  /** Those that are public, and those of which there are records only. */
  async #series(authorityId: string): Promise<readonly CrlSeries[]> {
    const found = new Map<string, CrlSeries>();
    const listed = await new PublishedCrls(this.#options.store).list();
    for (const crl of listed.filter((one) => one.authorityId === authorityId)) found.set(crlPointer(crl), crl);
    for await (const { key } of this.#options.store.list(`evidence/${authorityId}/`)) {
      const path = readCrlPath(crlKeyOfRecord(key)?.slice('crl/'.length) ?? '');
      if (path) found.set(crlPointer(path.series), path.series);
    }
    return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, series]) => series);
  }

  async #auditBundle(key: string, authority: Certificate): Promise<AuditFinding | undefined> {
    const { store, archived } = this.#options;
    const stored = await store.open(key);
    if (!stored) return { finding: 'bundle_damaged', key };
    try {
      const bundle = decodeKeptBundle(await readAll(stored));
      const crls = await Promise.all(bundle.crls.map(({ key: crl }) => archived.at(crl)));
      const areThere = bundle.crls.every(({ sha256 }, index) => crls[index]?.descriptor.sha256 === sha256);
      const isWhole = areThere && alteredFiles(bundle).length === 0 && isAnswerOf(bundle, authority);
      return isWhole ? undefined : { finding: 'bundle_altered', key };
    } catch (error) {
      if (error instanceof EvidenceError) return { finding: 'bundle_damaged', key };
      throw error;
    }
  }
}

/** Whether the authority signed the OCSP answer of a bundle. */
function isAnswerOf({ files }: KeptBundle, { publicKey }: Certificate): boolean {
  const answer = files.find(({ name }) => name === 'ocsp-response.der');
  const parsed = answer && parseOcspResponse(answer.content);
  if (parsed?.status !== 'successful') return false;
  const { tbs: data, signature, signatureAlgorithm } = parsed.basic;
  return verifySignature({ data, signature, signatureAlgorithm, publicKey });
}
