import { createHash } from 'node:crypto';
import {
  type CrlRecord,
  encodeRecord,
  EvidenceError,
  openRecord,
  rebuildCrl,
  type RecordFacts,
  recordKeyOf,
  type RecordLink,
  type RecordParts,
} from '@kakunin/evidence';
import type { ObjectStore, StagedObject } from '@kakunin/objects';
import { compressed, decompressed } from './compression.ts';

/** The records of published CRLs, by the keys of those. */
export class CrlRecords {
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** @throws ObjectError; EvidenceError `malformed_record` when it is damaged */
  async find(crlKey: string): Promise<RecordFacts | undefined> {
    const stored = await this.#store.open(recordKeyOf(crlKey));
    if (!stored) return undefined;
    const record = await openRecord(decompressed(stored));
    await record.list.close();
    return record.facts;
  }

  /** @throws EvidenceError `malformed_record` when it is damaged or gone: another record needs it */
  async facts({ crl }: Pick<RecordLink, 'crl'>): Promise<RecordFacts> {
    const found = await this.find(crl);
    if (found) return found;
    throw gone();
  }

  /** @throws EvidenceError `malformed_record` when it is damaged or gone */
  async open(crlKey: string): Promise<CrlRecord> {
    const stored = await this.#store.open(recordKeyOf(crlKey));
    if (!stored) throw gone();
    return openRecord(decompressed(stored));
  }

  /**
   * A CRL, octet for octet as it was published. Whether it is indeed says its SHA-256.
   * @throws EvidenceError `malformed_record` when a record that it is made of is damaged or gone
   */
  async *rebuild(crlKey: string): AsyncGenerator<Uint8Array> {
    const record = await this.open(crlKey);
    const bases: CrlRecord[] = [];
    for (let { base } = record.facts; base;) {
      const next = await this.open(base.crl);
      bases.push(next);
      ({ base } = next.facts);
    }
    yield* rebuildCrl(record, bases);
  }

  /** SHA-256 of a record as it lies there. @throws EvidenceError `malformed_record` when it is gone */
  async sha256(crlKey: string): Promise<string> {
    const stored = await this.#store.open(recordKeyOf(crlKey));
    if (!stored) throw gone();
    const hash = createHash('sha256');
    for await (const piece of stored.read()) hash.update(piece);
    return hash.digest('hex');
  }

  /** Writes a record durably, once. @returns its SHA-256 */
  async write(crlKey: string, parts: RecordParts): Promise<string> {
    return publish(crlKey, await this.#stage(parts));
  }

  /** @param isLeft asked when the list was read to its end @returns undefined when nothing was written */
  async writeUnless(isLeft: () => boolean, crlKey: string, parts: RecordParts): Promise<string | undefined> {
    const staged = await this.#stage(parts);
    if (!isLeft()) return publish(crlKey, staged);
    await staged.discard();
    return undefined;
  }

  #stage(parts: RecordParts): Promise<StagedObject> {
    return this.#store.stage(compressed(encodeRecord(parts)));
  }
}

async function publish(crlKey: string, staged: StagedObject): Promise<string> {
  try {
    await staged.publish(recordKeyOf(crlKey));
    return staged.sha256;
  } finally {
    await staged.discard();
  }
}

const gone = (): EvidenceError =>
  new EvidenceError('malformed_record', 'A record of the archive is gone: restore it from a copy of the store.');
