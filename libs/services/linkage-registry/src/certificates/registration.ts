import { adopt, type CertificateRecord, CertificatesError, GOOD, type Predecessor } from '@kakunin/certificates';
import { LinkageError } from '@kakunin/linkage';
import type { RegisteredAuthority } from '../authorities/authority.store.ts';
import type { Vault } from '../keys/vault.ts';
import type { CertificateDraft, CertificateDrafts } from './certificate-draft.ts';
import type { Succession } from './certificate.store.ts';

export interface RegistrationInput {
  readonly authority: RegisteredAuthority;
  readonly vault: Vault;
  /** The certificates that the records name and that are registered already. */
  readonly drafts: CertificateDrafts;
  /** Person ids by holder index (base64). */
  readonly persons: ReadonlyMap<string, string>;
  readonly now: number;
}

/**
 * Takes over what a CA says of its certificates, one record after the other, in memory: nothing is written here, and a
 * record that is refused leaves no trace.
 */
export class Registration {
  readonly created = new Set<CertificateDraft>();
  readonly successions: Succession[] = [];
  /** Certificates whose state has to be announced, and their serial numbers. */
  readonly announced = new Map<CertificateDraft, string>();
  /** Known certificates whose status is another one now. */
  readonly turned = new Set<CertificateDraft>();
  readonly #input: RegistrationInput;

  constructor(input: RegistrationInput) {
    this.#input = input;
  }

  /**
   * @throws CertificatesError `certificate_differs` | `finally_revoked` | `predecessor_unknown`
   * @throws LinkageError `person_differs`
   */
  take(record: CertificateRecord): 'imported' | 'unchanged' {
    const { authority, vault, drafts } = this.#input;
    const serialIndex = vault.serialIndex(authority.authorityId, record.serialNumber);
    const predecessor = record.predecessor && this.#predecessorOf(record.predecessor, serialIndex);
    const personId = this.#personOf(record, predecessor);
    const known = drafts.get(authority.authorityId, serialIndex);
    if (known) return this.#change(known, { record, predecessor, personId });
    const draft = drafts.add(this.#draftOf(record, { serialIndex, personId }));
    this.created.add(draft);
    this.announced.set(draft, record.serialNumber);
    this.#succeed(draft, predecessor);
    return 'imported';
  }

  #draftOf(record: CertificateRecord, own: { serialIndex: Buffer; personId: string | undefined }): CertificateDraft {
    const { authority, vault, now } = this.#input;
    const status = adopt(GOOD, record.status ?? GOOD, now);
    return {
      authorityId: authority.authorityId,
      serialIndex: own.serialIndex,
      carrier: record.carrier ?? 'card',
      notAfter: record.notAfter,
      status,
      statusSince: status.status === 'revoked' ? status.revocationDate : now,
      ...(record.fingerprint !== undefined && { fingerprintIndex: vault.fingerprintIndex(record.fingerprint) }),
      ...(own.personId !== undefined && { personId: own.personId }),
      predecessors: new Set(),
    };
  }

  #change(
    known: CertificateDraft,
    {
      record,
      predecessor,
      personId,
    }: {
      record: CertificateRecord;
      predecessor: CertificateDraft | undefined;
      personId: string | undefined;
    },
  ): 'imported' | 'unchanged' {
    const { vault, now } = this.#input;
    const fingerprintIndex = record.fingerprint === undefined ? undefined : vault.fingerprintIndex(record.fingerprint);
    refuseDiffering(known, record, fingerprintIndex);
    if (known.personId !== undefined && personId !== undefined) refuseOtherPerson(known.personId, personId);
    const status = record.status ? adopt(known.status, record.status, now) : known.status;
    let changed = this.#succeed(known, predecessor);
    if (status !== known.status) {
      known.status = status;
      known.statusSince = status.status === 'revoked' ? status.revocationDate : now;
      this.announced.set(known, record.serialNumber);
      this.turned.add(known);
      changed = true;
    }
    if (known.personId === undefined && personId !== undefined) {
      known.personId = personId;
      changed = true;
    }
    if (!known.fingerprintIndex && fingerprintIndex) {
      known.fingerprintIndex = fingerprintIndex;
      changed = true;
    }
    if (changed) known.changed = true;
    return changed ? 'imported' : 'unchanged';
  }

  /** @returns true when the edge is new */
  #succeed(successor: CertificateDraft, predecessor: CertificateDraft | undefined): boolean {
    if (!predecessor || successor.predecessors.has(predecessor)) return false;
    successor.predecessors.add(predecessor);
    this.successions.push({ successor, predecessor });
    return true;
  }

  #predecessorOf({ authorityId, serialNumber }: Predecessor, ownIndex: Buffer): CertificateDraft {
    const { authority, vault, drafts } = this.#input;
    const issuer = authorityId ?? authority.authorityId;
    const predecessor = drafts.get(issuer, vault.serialIndex(issuer, serialNumber));
    if (predecessor && !predecessor.serialIndex.equals(ownIndex)) return predecessor;
    throw new CertificatesError(
      'predecessor_unknown',
      'The predecessor is not registered: register it before its successor (in a list: further up).',
    );
  }

  #personOf({ holder }: CertificateRecord, predecessor: CertificateDraft | undefined): string | undefined {
    const { authority, vault, persons } = this.#input;
    if (holder === undefined) return predecessor?.personId;
    const personId = persons.get(vault.holderIndex(authority.holderRealm, holder).toString('base64'))!;
    if (predecessor?.personId !== undefined) refuseOtherPerson(predecessor.personId, personId);
    return personId;
  }
}

function refuseOtherPerson(one: string, other: string): void {
  if (one === other) return;
  throw new LinkageError('person_differs', 'The holder is another person than the one linked already.');
}

function refuseDiffering(
  known: CertificateDraft,
  record: CertificateRecord,
  fingerprintIndex: Buffer | undefined,
): void {
  const differs =
    known.notAfter !== record.notAfter ||
    (record.carrier !== undefined && record.carrier !== known.carrier) ||
    (fingerprintIndex && known.fingerprintIndex && !fingerprintIndex.equals(known.fingerprintIndex));
  if (!differs) return;
  throw new CertificatesError(
    'certificate_differs',
    'The certificate is registered with another end of validity, carrier or fingerprint.',
  );
}
