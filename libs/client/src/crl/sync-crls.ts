import { parseCertificate } from '@kakunin/x509';
import { CrlSyncError } from './crl-sync-error.ts';
import { Failure, failureOf } from './failure.ts';
import { fetchCrl } from './fetch-crl.ts';
import type { Wanted } from './inspect-crl.ts';
import type { ListedCrl } from './listed-crls.ts';
import { Publisher } from './publisher.ts';
import type { CrlSyncInput, CrlSyncReport, FailedCrl, SyncedCrl } from './types.ts';

const DEFAULTS = { maxBytes: 2 * 1024 ** 3, timeoutMs: 30_000 };
/** Partitions are small: what takes time is the way to the publisher. */
const PARALLEL = 4;

/**
 * Brings a local copy of CRLs up to date: the manifest is verified, then of each CRL that has changed the smallest patch
 * that makes it of the one that is here, else the whole. A file is replaced, all at once, by a CRL that its authority
 * has signed, that is in force, and whose number is higher; whatever else happens, the one that is here stays.
 * @throws CrlSyncError `busy`, or when there is no manifest to rely on
 */
export async function syncCrls(input: CrlSyncInput): Promise<CrlSyncReport> {
  const { timeoutMs = DEFAULTS.timeoutMs, maxBytes = DEFAULTS.maxBytes, now = Date.now } = input;
  const publisher = new Publisher({ ...input, timeoutMs, signal: input.signal });
  const authorities = new Map(
    Object.entries(input.authorities).map(([authorityId, der]) => [authorityId, readCertificate(authorityId, der)]),
  );
  const lock = await input.store.lock();
  try {
    const listed = await publisher.manifest();
    const wanted = listed.flatMap((crl): Wanted[] => {
      const authority = authorities.get(crl.authorityId);
      return authority && isWanted(crl, input) ? [{ crl, authority }] : [];
    });
    const report = { crls: [] as SyncedCrl[], failures: missing(wanted, input) };
    const queue = wanted.values();
    const work = async (): Promise<void> => {
      for (const one of queue) {
        const done = await fetchCrl(one, { ...input, publisher, maxBytes, now }).catch(failureOf);
        if (!(done instanceof Failure)) report.crls.push(done);
        else report.failures.push({ name: one.crl.name, code: done.code, message: done.message });
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
    report.crls.sort(byName);
    return report;
  } finally {
    await lock.release();
  }
}

function isWanted({ kind, partition }: ListedCrl, { partitions = [], deltas = false }: CrlSyncInput): boolean {
  if (kind === 'delta' && !deltas) return false;
  return partition === undefined || partitions === 'all' || partitions.includes(partition);
}

/** What was asked for by name and is not listed. */
function missing(wanted: readonly Wanted[], { authorities, partitions = [] }: CrlSyncInput): FailedCrl[] {
  const labels = partitions === 'all' ? [] : partitions;
  const names = Object.keys(authorities).flatMap((id) => [
    `${id}.crl`,
    ...labels.map((label) => `${id}/partitions/${label}.crl`),
  ]);
  const found = new Set(wanted.map(({ crl }) => crl.name));
  return names
    .filter((name) => !found.has(name))
    .map((name) => ({ name, code: 'missing', message: 'The manifest lists no such CRL.' }));
}

const byName = (one: SyncedCrl, other: SyncedCrl): number => (one.name < other.name ? -1 : 1);

function readCertificate(authorityId: string, der: Uint8Array): ReturnType<typeof parseCertificate> {
  try {
    return parseCertificate(der);
  } catch (cause) {
    throw new CrlSyncError('invalid_option', `The certificate of ${authorityId} cannot be read.`, { cause });
  }
}
