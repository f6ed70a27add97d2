import type { Assertion, CertificateId, PersonId, PersonSplit } from './person-record.ts';

/** Who is who at one moment: assertions in effect, folded in the order in which they took effect. */
export class PersonView {
  readonly #holders = new Map<CertificateId, PersonId>();
  readonly #predecessors = new Map<CertificateId, CertificateId[]>();
  /** Of persons that were merged: whom they are part of. */
  readonly #survivors = new Map<PersonId, PersonId>();
  /** Merges and splits, oldest first. */
  readonly #edges: Assertion[] = [];

  /** @param assertions in the order in which they took effect */
  constructor(assertions: readonly Assertion[]) {
    for (const each of assertions) {
      if (each.kind === 'holder_named') this.#holders.set(each.certificate, each.person);
      else if (each.kind === 'certificate_succeeded') {
        this.#predecessors.set(each.successor, [...this.predecessorsOf(each.successor), each.predecessor]);
      } else this.#edges.push(each);
    }
    for (const edge of this.#edges) absorb(this.#survivors, edge);
  }

  /** The person that a person of the registry is now part of: itself, unless it was merged into another. */
  survivorOf(person: PersonId): PersonId {
    return this.#survivors.get(person) ?? person;
  }

  /** Whose a certificate is; undefined: its holder was never named. */
  personOf(certificate: CertificateId): PersonId | undefined {
    const lineage = this.lineageOf(certificate);
    const named = lineage.find((each) => this.#holders.has(each));
    if (named === undefined) return undefined;
    let person = this.#holders.get(named)!;
    const survivors = new Map<PersonId, PersonId>();
    for (const edge of this.#edges) {
      if (edge.kind === 'person_split' && movesAway(edge, { lineage, person, survivors })) person = edge.into;
      absorb(survivors, edge);
    }
    return survivors.get(person) ?? person;
  }

  /** The certificate and all that it came from, nearest first. */
  lineageOf(certificate: CertificateId): readonly CertificateId[] {
    const lineage = new Set([certificate]);
    for (const each of lineage) for (const predecessor of this.predecessorsOf(each)) lineage.add(predecessor);
    return [...lineage];
  }

  predecessorsOf(certificate: CertificateId): readonly CertificateId[] {
    return this.#predecessors.get(certificate) ?? [];
  }
}

/** A split rests on the person that it splits: when the certificate is not (or no longer) that one's, it says nothing. */
const movesAway = (
  { person: from, certificates }: PersonSplit,
  now: {
    readonly lineage: readonly CertificateId[];
    readonly person: PersonId;
    readonly survivors: ReadonlyMap<PersonId, PersonId>;
  },
): boolean =>
  (now.survivors.get(now.person) ?? now.person) === (now.survivors.get(from) ?? from) &&
  now.lineage.some((each) => certificates.includes(each));

/** Whoever was part of either is part of the survivor, or of whom that one is part of. */
function absorb(survivors: Map<PersonId, PersonId>, edge: Assertion): void {
  if (edge.kind !== 'persons_merged') return;
  const absorbed = survivors.get(edge.absorbed) ?? edge.absorbed;
  const survivor = survivors.get(edge.survivor) ?? edge.survivor;
  if (absorbed === survivor) return;
  for (const [person, partOf] of survivors) if (partOf === absorbed) survivors.set(person, survivor);
  survivors.set(absorbed, survivor);
}
