import { growTo } from './shared-memory.ts';
import type { StatusIndexMemory } from './shared-memory.ts';
import { ORDINALS_A_PAGE } from './page-layout.ts';
import { StatusIndexError } from './status-index-error.ts';

/** Two octets an ordinal. */
export const PARTITION_OCTETS = 2;
export const PARTITION_PAGE_OCTETS = ORDINALS_A_PAGE * PARTITION_OCTETS;
/** 0 stands for: of no partition. */
const MOST_LABELS = 2 ** 16 - 1;

/**
 * The partition of each certificate by ordinal, where the authority has partitions: a number for its label. It is stated when
 * the certificate is, and never changes. Writer's thread only: answers do not need it.
 */
export class Partitions {
  readonly labels: string[] = [];
  /** By label: how often what is revoked of the partition has changed since this process began. */
  readonly revisions = new Map<string, number>();
  readonly #numbers = new Map<string, number>();
  readonly #buffer: SharedArrayBuffer;
  #byOrdinal: Uint16Array = new Uint16Array();

  constructor(buffer: SharedArrayBuffer, labels: readonly string[] = []) {
    this.#buffer = buffer;
    for (const label of labels) this.#numberOf(label);
  }

  static of({ partitions }: StatusIndexMemory, labels?: readonly string[]): Partitions | undefined {
    return partitions && new Partitions(partitions, labels);
  }

  /** Undefined: of none. */
  labelOf(ordinal: number): string | undefined {
    return this.labels[(this.#byOrdinal[ordinal] ?? 0) - 1];
  }

  /**
   * @returns whether the label is new to the certificate
   * @throws StatusIndexError `partition_differs` when it has another one; `capacity_exceeded` when there are too many labels
   */
  isNew(ordinal: number, label: string): boolean {
    const known = this.labelOf(ordinal);
    if (known === label) return false;
    if (known === undefined) return this.#numberOf(label) > 0;
    throw new StatusIndexError('partition_differs', 'A certificate is stated to be of another partition than before.');
  }

  /** What is revoked of the certificate's partition has changed. */
  noteChange(ordinal: number): void {
    const label = this.labelOf(ordinal);
    if (label !== undefined) this.revisions.set(label, (this.revisions.get(label) ?? 0) + 1);
  }

  write(ordinal: number, label: string): void {
    this.#byOrdinal[ordinal] = this.#numberOf(label);
  }

  reserve(pages: number): void {
    if (growTo(this.#buffer, pages * PARTITION_PAGE_OCTETS) || this.#byOrdinal.length === 0)
      this.#byOrdinal = new Uint16Array(this.#buffer, 0, this.#buffer.byteLength / PARTITION_OCTETS);
  }

  /** Those of a page, as an image holds them. */
  page(page: number): Uint8Array {
    return new Uint8Array(this.#buffer, page * PARTITION_PAGE_OCTETS, PARTITION_PAGE_OCTETS);
  }

  /** Whether a restored page names labels that there are. */
  isSound(page: number): boolean {
    const numbers = this.#byOrdinal.subarray(page * ORDINALS_A_PAGE, (page + 1) * ORDINALS_A_PAGE);
    return numbers.every((number) => number <= this.labels.length);
  }

  /**
   * Ordinals by the label of their partition, in the order given; those of none are left out.
   * @param pieces of the ordinals; they are passed over twice, so that nothing but the groups takes memory
   * @param isWanted which partitions; the others are left out too
   */
  group(pieces: () => Iterable<Uint32Array>, isWanted: (label: string) => boolean): Map<string, Uint32Array> {
    const wanted = Uint8Array.from([0, ...this.labels.map((label) => Number(isWanted(label)))]);
    const counts = this.#count(pieces());
    const groups = this.labels.map((_, index) => new Uint32Array(wanted[index + 1] ? counts[index + 1]! : 0));
    counts.fill(0);
    for (const ordinals of pieces()) {
      for (const ordinal of ordinals) {
        const number = this.#byOrdinal[ordinal] ?? 0;
        if (wanted[number]) groups[number - 1]![counts[number]!++] = ordinal;
      }
    }
    return new Map(this.labels.flatMap((label, index) => (wanted[index + 1] ? [[label, groups[index]!]] : [])));
  }

  /** By the number of the label. */
  #count(pieces: Iterable<Uint32Array>): Uint32Array {
    const counts = new Uint32Array(this.labels.length + 1);
    for (const ordinals of pieces) for (const ordinal of ordinals) counts[this.#byOrdinal[ordinal] ?? 0]! += 1;
    return counts;
  }

  #numberOf(label: string): number {
    const known = this.#numbers.get(label);
    if (known !== undefined) return known;
    if (this.labels.length === MOST_LABELS)
      throw new StatusIndexError('capacity_exceeded', 'An authority has more than 65,535 partitions.');
    this.labels.push(label);
    this.#numbers.set(label, this.labels.length);
    this.revisions.set(label, 0);
    return this.labels.length;
  }
}
