import { adopt, type CertificateRecord, CertificatesError, GOOD } from '@kakunin/certificates';
import { LinkageError } from '@kakunin/linkage';
import { FORGOTTEN } from '../persons/forgotten.ts';
import { AS_REGISTERED, type Identities } from '../persons/identities.ts';
import { type Ancestry, precedes } from './ancestry.ts';
import type { CertificateDraft, CertificateDrafts, CertificateName } from './certificate-draft.ts';
import type { Succession } from './certificate.store.ts';
import type { NamedRecord } from './named-record.ts';

export interface RegistrationInput {
  /** The certificates that the records name and that are registered already. */
  readonly drafts: CertificateDrafts;
  /** Person ids by holder index (base64). */
  readonly persons: ReadonlyMap<string, string>;
  /** Who is whom of them, after merges and splits; absent: nobody was merged or split. */
  readonly identities?: Identities;
  /** What those that are registered came from; absent: none of them is given a predecessor. */
  readonly ancestry?: Ancestry;
  /** Fingerprints are announced. */
  readonly certHash: boolean;
  /** Certificates have partitions. */
  readonly partitioned: boolean;
  readonly now: number;
}

const NONE: Ancestry = new Map();

/** What is announced of a certificate beside what is kept of it. */
export interface Announcement {
  readonly serialNumber: string;
  readonly fingerprint?: string | undefined;
}

/** What a record names, found. */
interface Links {
  readonly predecessor: CertificateDraft | undefined;
  readonly personId: string | undefined;
  /** Who that person is now. */
  readonly identity: string | undefined;
}

/**
 * Takes over what a CA says of its certificates, one record after the other, in memory: nothing is written here, and a
 * record that is refused leaves no trace.
 */
export class Registration {
  readonly created = new Set<CertificateDraft>();
  readonly successions: Succession[] = [];
  /** Certificates whose state has to be announced. */
  readonly announced = new Map<CertificateDraft, Announcement>();
  /** Certificates whose status is another one than before. */
  readonly turned = new Set<CertificateDraft>();
  readonly #input: RegistrationInput;

  constructor(input: RegistrationInput) {
    this.#input = input;
  }

  /**
   * @throws CertificatesError `certificate_unknown` | `partition_missing` | `certificate_differs` | `finally_revoked` | `predecessor_unknown` |
   * `succession_circular`
   * @throws LinkageError `person_differs`
   */
  take(named: NamedRecord): 'imported' | 'unchanged' {
    const { drafts } = this.#input;
    const known = drafts.get(named.name);
    const links = known?.personId === FORGOTTEN ? NO_LINKS : this.#linksOf(named);
    if (known) return this.#change(known, named, links);
    const draft = drafts.add(this.#draftOf(named, links));
    this.created.add(draft);
    this.#announce(draft, named.record);
    this.#succeed(draft, links);
    return 'imported';
  }

  #draftOf({ record, name, fingerprintIndex }: NamedRecord, { personId }: Links): CertificateDraft {
    const { now, partitioned } = this.#input;
    const notAfter = registrable(record.notAfter);
    const partition = partitioned ? required(record.partition) : undefined;
    const status = adopt(GOOD, record.status ?? GOOD, now);
    return {
      ...name,
      carrier: record.carrier ?? 'card',
      notAfter,
      status,
      statusSince: status.status === 'revoked' ? status.revocationDate : now,
      ...(partition !== undefined && { partition }),
      ...(fingerprintIndex && { fingerprintIndex }),
      ...(personId !== undefined && { personId }),
      predecessors: new Set(),
    };
  }

  #change(known: CertificateDraft, { record, fingerprintIndex }: NamedRecord, links: Links): 'imported' | 'unchanged' {
    const { now } = this.#input;
    refuseDiffering(known, record, fingerprintIndex);
    this.#refuseOtherPerson(known, links);
    this.#refuseCircle(known, links);
    const status = record.status ? adopt(known.status, record.status, now) : known.status;
    let changed = this.#succeed(known, links);
    if (status !== known.status) {
      known.status = status;
      known.statusSince = status.status === 'revoked' ? status.revocationDate : now;
      this.#announce(known, record);
      this.turned.add(known);
      changed = true;
    }
    if (known.personId === undefined && links.personId !== undefined) {
      known.personId = links.personId;
      changed = true;
    }
    if (!known.fingerprintIndex && fingerprintIndex) {
      known.fingerprintIndex = fingerprintIndex;
      if (this.#input.certHash) this.#announce(known, record);
      changed = true;
    }
    if (changed) known.changed = true;
    return changed ? 'imported' : 'unchanged';
  }

  /** One event a certificate: what an earlier line of the list said of it is not forgotten. */
  #announce(draft: CertificateDraft, { serialNumber, fingerprint }: CertificateRecord): void {
    const told = this.#input.certHash ? (fingerprint ?? this.announced.get(draft)?.fingerprint) : undefined;
    this.announced.set(draft, { serialNumber, fingerprint: told });
  }

  /** @returns true when the edge is new */
  #succeed(successor: CertificateDraft, { predecessor }: Links): boolean {
    if (!predecessor || successor.predecessors.has(predecessor)) return false;
    successor.predecessors.add(predecessor);
    this.successions.push({ successor, predecessor });
    return true;
  }

  /** The person is the holder's; without one, the predecessor's. What comes after somebody who was erased is not his. */
  #linksOf({ name, predecessor: predecessorName, holderIndex }: NamedRecord): Links {
    const named = predecessorName && this.#predecessorOf(predecessorName, name);
    const predecessor = named?.personId === FORGOTTEN ? undefined : named;
    const holder = holderIndex && this.#input.persons.get(holderIndex.toString('base64'));
    const { personOf, survivorOf } = this.#identities;
    if (holder === undefined) {
      return { predecessor, personId: predecessor?.personId, identity: predecessor && personOf(predecessor) };
    }
    const links = { predecessor, personId: holder, identity: survivorOf(holder) };
    this.#refuseOtherPerson(predecessor, links);
    return links;
  }

  /** What a feed repeats of before a merge or split is no contradiction, and neither is what it says by it. */
  #refuseOtherPerson(known: CertificateDraft | undefined, { personId, identity }: Links): void {
    if (known?.personId === undefined || personId === undefined || known.personId === personId) return;
    if (this.#identities.personOf(known) === identity) return;
    throw new LinkageError('person_differs', 'The holder is another person than the one linked already.');
  }

  /** Persons are found along successions: who came from himself could be neither merged nor erased. */
  #refuseCircle(successor: CertificateDraft, { predecessor }: Links): void {
    if (!predecessor || successor.predecessors.has(predecessor)) return;
    if (!precedes(successor, predecessor, this.#input.ancestry ?? NONE)) return;
    throw new CertificatesError(
      'succession_circular',
      'The predecessor took the place of this certificate itself, or of one that did.',
    );
  }

  get #identities(): Identities {
    return this.#input.identities ?? AS_REGISTERED;
  }

  #predecessorOf(name: CertificateName, successor: CertificateName): CertificateDraft {
    const predecessor = this.#input.drafts.get(name);
    if (predecessor && !name.serialIndex.equals(successor.serialIndex)) return predecessor;
    throw new CertificatesError(
      'predecessor_unknown',
      'The predecessor is not registered: register it before its successor (in a list: further up).',
    );
  }
}

const NO_LINKS: Links = { predecessor: undefined, personId: undefined, identity: undefined };

/** A CRL names certificates, and says neither their end nor what they lie on. */
function registrable(notAfter: number | undefined): number {
  if (notAfter !== undefined) return notAfter;
  throw new CertificatesError('certificate_unknown', 'The certificate is not registered: register it first.');
}

function required(partition: string | undefined): string {
  if (partition !== undefined) return partition;
  throw new CertificatesError(
    'partition_missing',
    'The authority publishes its CRLs by partition: a new certificate must say which one lists it.',
  );
}

function refuseDiffering(
  known: CertificateDraft,
  record: CertificateRecord,
  fingerprintIndex: Buffer | undefined,
): void {
  const differs =
    (record.notAfter !== undefined && known.notAfter !== record.notAfter) ||
    (record.carrier !== undefined && record.carrier !== known.carrier) ||
    (record.partition !== undefined && known.partition !== undefined && record.partition !== known.partition) ||
    (fingerprintIndex && known.fingerprintIndex && !fingerprintIndex.equals(known.fingerprintIndex));
  if (!differs) return;
  throw new CertificatesError(
    'certificate_differs',
    'The certificate is registered with another end of validity, carrier, partition or fingerprint.',
  );
}
