import { createHash } from 'node:crypto';
import { EvidenceError, type RecordFacts } from '@kakunin/evidence';
import type { OctetRange, StoredObject } from '@kakunin/objects';
import { crlKey } from '@kakunin/publication';
import type { PublishedCrl } from '../published-crls.ts';
import type { CrlArchive } from './crl-archive.ts';

/** Published CRLs whose files may be gone: made again of their records while they are read. */
export class ArchivedCrls {
  readonly #archive: CrlArchive;

  constructor(archive: CrlArchive) {
    this.#archive = archive;
  }

  /** The CRL that lay there; undefined when none was published under this key. */
  async at(key: string): Promise<PublishedCrl | undefined> {
    const facts = await this.#archive.records.find(key);
    return facts && this.of(facts);
  }

  of({ crl: descriptor }: RecordFacts): PublishedCrl {
    const key = crlKey(descriptor, descriptor.crlNumber);
    const content: StoredObject = {
      bytes: descriptor.bytes,
      etag: descriptor.sha256,
      storedAt: descriptor.publishedAt,
      read: (range) => cut(this.#archive.records.rebuild(key), range),
    };
    return { key, descriptor, content };
  }

  /**
   * Makes a CRL again and compares it with what was published.
   * @throws EvidenceError `malformed_record` when it is another
   */
  async verify({ key, descriptor }: PublishedCrl): Promise<void> {
    const hash = createHash('sha256');
    for await (const piece of this.#archive.records.rebuild(key)) hash.update(piece);
    if (hash.digest('hex') === descriptor.sha256) return;
    throw new EvidenceError(
      'malformed_record',
      'What is made of an archived record is not the CRL that was published.',
    );
  }
}

async function* cut(
  pieces: AsyncIterable<Uint8Array>,
  { start, end = Infinity }: OctetRange = { start: 0 },
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const piece of pieces) {
    const part = piece.subarray(Math.max(0, start - at), Math.max(0, end - at));
    if (part.length > 0) yield part;
    at += piece.length;
    if (at >= end) return;
  }
}
