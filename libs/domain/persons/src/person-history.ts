import type { Assertion, CertificateId, Moment, PersonId, PersonRecord } from './person-record.ts';
import { PersonView } from './person-view.ts';
import { PersonsError } from './persons-error.ts';

const NOW: Moment = { asOf: Number.POSITIVE_INFINITY, knownAt: Number.POSITIVE_INFINITY };

/**
 * What was ever recorded of some persons and their certificates, in both times (when it was so, when it was known).
 * Records are only ever added, so that an answer of the past can be had again for ever. It is made for the few records
 * that hang together (the persons of one merge or split, their certificates), not for the nation at once.
 */
export class PersonHistory {
  readonly records: readonly PersonRecord[];

  private constructor(records: readonly PersonRecord[]) {
    this.records = records;
  }

  static readonly empty = new PersonHistory([]);

  /** @throws PersonsError as {@link record} does */
  static of(records: readonly PersonRecord[]): PersonHistory {
    return records
      .toSorted((one, other) => one.recordedAt - other.recordedAt)
      .reduce((history, each) => history.record(each), PersonHistory.empty);
  }

  /**
   * The history with one record more. Recording the same again changes nothing.
   * @throws PersonsError `not_later` | `record_differs` | `record_unknown` | `record_contradicts`
   */
  record(record: PersonRecord): PersonHistory {
    const known = this.records.find(({ id }) => id === record.id);
    if (known) {
      if (sameRecord(known, record)) return this;
      throw new PersonsError('record_differs', 'Another record has this id.');
    }
    if (this.records.some(({ recordedAt }) => recordedAt > record.recordedAt)) {
      throw new PersonsError('not_later', 'Records are added in the order of the time at which they are recorded.');
    }
    if (record.kind === 'retraction') this.#refuseRetraction(record.retracts);
    else refuseNonsense(record, this.#assertionsAt(NOW));
    return new PersonHistory([...this.records, record]);
  }

  /** Who is who at a moment. */
  at(moment: Moment): PersonView {
    return new PersonView(this.#assertionsAt(moment));
  }

  /** Whose a certificate was at `asOf`, by what was known at `knownAt`; undefined: nobody's that was named. */
  personOf(certificate: CertificateId, moment: Moment): PersonId | undefined {
    return this.at(moment).personOf(certificate);
  }

  /** In the order in which they took effect; what took effect at one instant, in the order in which it was recorded. */
  #assertionsAt({ asOf, knownAt }: Moment): readonly Assertion[] {
    const known = this.records.filter(({ recordedAt }) => recordedAt <= knownAt);
    const retracted = new Set(known.map((each) => (each.kind === 'retraction' ? each.retracts : undefined)));
    return known
      .filter((each) => each.kind !== 'retraction')
      .filter(({ id, effectiveFrom }) => effectiveFrom <= asOf && !retracted.has(id))
      .sort((one, other) => one.effectiveFrom - other.effectiveFrom);
  }

  #refuseRetraction(id: string): void {
    if (this.#assertionsAt(NOW).some((each) => each.id === id)) return;
    throw new PersonsError('record_unknown', 'There is no such assertion, or it is retracted already.');
  }
}

const sameRecord = (one: PersonRecord, other: PersonRecord): boolean => {
  const members = (record: PersonRecord): string => JSON.stringify(Object.entries(record).sort());
  return members(one) === members(other);
};

function refuseNonsense(record: Assertion, standing: readonly Assertion[]): void {
  const contradiction = contradictionIn(record, standing);
  if (contradiction) throw new PersonsError('record_contradicts', contradiction);
}

function contradictionIn(record: Assertion, standing: readonly Assertion[]): string | undefined {
  switch (record.kind) {
    case 'holder_named': {
      const named = standing.some((each) => each.kind === 'holder_named' && each.certificate === record.certificate);
      return named ? 'The holder of this certificate is named already: retract that first, or split.' : undefined;
    }
    case 'certificate_succeeded': {
      const circular = new PersonView(standing).lineageOf(record.predecessor).includes(record.successor);
      return circular ? 'A certificate would succeed itself.' : undefined;
    }
    case 'persons_merged':
      return record.survivor === record.absorbed ? 'A person cannot be merged with itself.' : undefined;
    case 'person_split':
      if (record.certificates.length === 0) return 'A split names the certificates that go over.';
      return record.person === record.into ? 'A person cannot be split into itself.' : undefined;
  }
}
