import {
  changesBetween,
  CrlOctets,
  EntryList,
  inForceFrom,
  mergeChanges,
  type RecordFacts,
  type RecordLink,
  skipIndex,
} from '@kakunin/evidence';
import type { ObjectStore } from '@kakunin/objects';
import { crlPointer, type CrlSeries } from '@kakunin/publication';
import type { PublishedCrl } from '../published-crls.ts';
import { readAll } from '../read-all.ts';
import { CrlRecords } from './crl-records.ts';

/** At least one in so many records holds all entries, so that few records hang on any one. A power of 2. */
const WHOLE_EVERY = 512;

/** A record and how others name it. */
interface Named {
  readonly link: RecordLink;
  readonly facts: RecordFacts;
}

interface Unwritten {
  readonly crl: PublishedCrl;
  readonly facts: RecordFacts;
  readonly head: Uint8Array;
  readonly entriesSize: number;
  readonly tail: Uint8Array;
}

export interface AppendOptions {
  /** The record was due with the publication, and could not be written then. */
  readonly isLate?: boolean;
}

/**
 * What every published CRL is made of again, for ever, in a small part of its size: the octets around its entries, and the
 * changes to them. Records of a series name one another by hash, so that none can be altered, or taken out, alone.
 */
export class CrlArchive {
  readonly records: CrlRecords;
  readonly #store: ObjectStore;
  /** SHA-256 of the last record of each series that was written here, with the key of its CRL. */
  readonly #written = new Map<string, { readonly crl: string; readonly sha256: string }>();

  constructor(store: ObjectStore) {
    this.#store = store;
    this.records = new CrlRecords(store);
  }

  /**
   * Adds a CRL whose file lies in the store already, once.
   * @param previous the CRL before it in its series, which has its record; left out: with this one the archive begins
   * @throws ObjectError; EvidenceError `malformed_record`, also when the record of the previous one is not there
   */
  async append(crl: PublishedCrl, previous?: PublishedCrl, { isLate = false }: AppendOptions = {}): Promise<void> {
    const before = previous && (await this.#named(previous));
    const index = before ? before.facts.index + 1 : 0;
    const skip = before && (await this.#skipOf(index, before));
    const facts: RecordFacts = {
      index,
      inForceFrom: inForceFrom(crl.descriptor, before?.facts),
      ...(isLate && { isLate }),
      ...(before && { predecessor: before.link }),
      ...(skip && { skip }),
      crl: crl.descriptor,
    };
    const unwritten: Unwritten = { crl, facts, ...(await frameOf(crl)) };
    const changes = previous && before && index % WHOLE_EVERY !== 0 && this.#writeChanges(unwritten, previous, before);
    const sha256 = (await changes) || (await this.#writeWhole(unwritten));
    this.#written.set(crlPointer(crl.descriptor), { crl: crl.key, sha256 });
  }

  /** The record of the CRL that was the newest of its series at a moment; undefined when there was none yet. */
  async inForce(series: CrlSeries, at: number): Promise<RecordFacts | undefined> {
    const newest = await this.#store.target(crlPointer(series));
    if (newest === undefined) return undefined;
    let facts = await this.records.facts({ crl: newest });
    while (facts.inForceFrom > at) {
      const { skip, predecessor } = facts;
      const earlier = skip && skip.inForceFrom > at ? skip : predecessor;
      if (!earlier) return undefined;
      facts = await this.records.facts(earlier);
    }
    return facts;
  }

  async #named({ key, descriptor }: PublishedCrl): Promise<Named> {
    const facts = await this.records.facts({ crl: key });
    const written = this.#written.get(crlPointer(descriptor));
    const sha256 = written?.crl === key ? written.sha256 : await this.records.sha256(key);
    return { facts, link: { crl: key, sha256, inForceFrom: facts.inForceFrom } };
  }

  /** @returns undefined when it is the predecessor itself */
  async #skipOf(index: number, predecessor: Named): Promise<RecordLink | undefined> {
    const target = skipIndex(index);
    let link: RecordLink | undefined;
    for (let { facts } = predecessor; facts.index > target; facts = await this.records.facts(link)) {
      link = facts.skip ?? facts.predecessor;
      if (!link) return undefined;
    }
    return link;
  }

  /** What the list of a new record is changes to, as far back as its skip, and the records whose lists lead there. */
  async #baseOf(index: number, predecessor: Named): Promise<{ base: RecordLink; between: readonly RecordLink[] }> {
    const target = skipIndex(index);
    const between: RecordLink[] = [];
    let { link, facts } = predecessor;
    while (facts.base && facts.index > target) {
      between.push(link);
      link = facts.base;
      facts = await this.records.facts(link);
    }
    return { base: link, between };
  }

  async #writeWhole({ crl, facts, head, entriesSize, tail }: Unwritten): Promise<string> {
    const list = crl.content.read({ start: head.length, end: head.length + entriesSize });
    return this.records.write(crl.key, { facts, head, tail, list });
  }

  /** @returns undefined, and nothing is written, when the changes are longer than all entries */
  async #writeChanges(
    { crl, facts, head, entriesSize, tail }: Unwritten,
    previous: PublishedCrl,
    before: Named,
  ): Promise<string | undefined> {
    const { base, between } = await this.#baseOf(facts.index, before);
    const [old, fresh] = [await CrlOctets.open(previous.content.read()), await CrlOctets.open(crl.content.read())];
    const lists = [EntryList.over(changesBetween(old.entries, fresh.entries))];
    for (const { crl: key } of between) lists.push((await this.records.open(key)).list);
    const changes = counted(mergeChanges(lists));
    const parts = { facts: { ...facts, base }, head, tail, list: changes.pieces };
    return this.records.writeUnless(() => changes.size() > entriesSize, crl.key, parts);
  }
}

/** All of a CRL but its entries, of which it gives the size. */
async function frameOf({ content }: PublishedCrl): Promise<Pick<Unwritten, 'head' | 'entriesSize' | 'tail'>> {
  const octets = await CrlOctets.open(content.read());
  await octets.close();
  const { head, entriesSize } = octets;
  const tail = await readAll({ read: () => content.read({ start: head.length + entriesSize }) });
  return { head, entriesSize, tail };
}

function counted(all: AsyncIterable<Uint8Array>): { pieces: AsyncIterable<Uint8Array>; size: () => number } {
  let size = 0;
  const counting = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of all) {
      size += piece.length;
      yield piece;
    }
  };
  return { pieces: counting(), size: () => size };
}
