import { unpackEntry, unpackState } from './certificate-state.ts';
import type { CertificateState, RevokedEntry } from './certificate-state.ts';
import { FINGERPRINT_OCTETS, Fingerprints } from './fingerprints.ts';
import { packedState } from './packed-state.ts';
import type { PackedState } from './packed-state.ts';
import { PAGE_BITS } from './page-layout.ts';
import { RevokedPage } from './revoked-page.ts';
import { serialMapOf } from './serial-map.ts';
import type { SerialMap } from './serial-map.ts';
import { CONTROL } from './shared-memory.ts';
import type { StatusIndexMemory } from './shared-memory.ts';
import { StatusPages } from './status-pages.ts';

/** The reading side of an index: any number of them, in any thread, beside the one writer. */
export class StatusIndexReader {
  readonly memory: StatusIndexMemory;
  protected readonly control: Int32Array;
  protected readonly serials: SerialMap;
  protected readonly fingerprints: Fingerprints | undefined;
  readonly #pages: StatusPages;
  /** Reused by every look-up. */
  readonly #state = packedState();

  /** @param memory of a `StatusIndex`, as it is or posted from another thread */
  constructor(memory: StatusIndexMemory, pages = new StatusPages(memory)) {
    this.memory = memory;
    this.control = new Int32Array(memory.control);
    this.serials = serialMapOf(memory);
    this.fingerprints = Fingerprints.of(this.control, memory);
    this.#pages = pages;
  }

  /**
   * @param serial content octets of the DER INTEGER, as a CertID carries them (RFC 6960, 4.1.1); what is negative,
   * empty or longer than 20 significant octets was never issued
   */
  lookup(serial: Uint8Array): CertificateState {
    const ordinal = this.locate(serial);
    this.stateAt(ordinal, this.#state);
    const state = unpackState(this.#state);
    if (!this.fingerprints || state.state === 'not_issued') return state;
    const fingerprint = new Uint8Array(FINGERPRINT_OCTETS);
    return this.fingerprints.read(ordinal, fingerprint) ? { ...state, fingerprint } : state;
  }

  /**
   * Where the index keeps the certificate whose serial number `octets` hold from `start` to `end` (content octets of the
   * DER INTEGER): an ordinal for {@link flagsAt}, {@link stateAt} and {@link fingerprintAt}; −1 when it cannot have been
   * issued. The ordinal of a certificate never changes.
   */
  locate(octets: Uint8Array, start = 0, end = octets.length): number {
    return this.serials.find(octets, start, end);
  }

  /** The flags of {@link PackedState}; 0: never issued. */
  flagsAt(ordinal: number): number {
    this.stateAt(ordinal, this.#state);
    return this.#state.flags;
  }

  /** Fills in the state at one moment: never half a change. */
  stateAt(ordinal: number, target: PackedState): void {
    this.#pages.read(ordinal, target);
  }

  /**
   * @param target 32 octets, filled in with the SHA-256 of the certificate
   * @returns false, with `target` undefined, when the index does not keep or does not know it
   */
  fingerprintAt(ordinal: number, target: Uint8Array): boolean {
    return ordinal >= 0 && this.fingerprints !== undefined && this.fingerprints.read(ordinal, target);
  }

  /**
   * All revoked certificates, held ones included, in order of ordinals: the same order after a restart. The entries of each
   * 2048 ordinals are of one moment; who needs one moment for all takes them without yielding.
   * @throws StatusIndexError `sealing_key_unknown`
   */
  *revokedEntries(): Generator<RevokedEntry> {
    const page = new RevokedPage();
    const state = packedState();
    const pages = Math.ceil(Atomics.load(this.control, CONTROL.rows) / 2 ** PAGE_BITS);
    for (let at = 0; at < pages; at += 1) {
      this.#pages.readPage(at, page);
      if (page.count === 0) continue;
      const serials = this.serials.serialsOf(page.ordinals, page.count);
      for (let index = 0; index < page.count; index += 1) {
        page.state(index, state);
        yield unpackEntry(serials[index]!.slice(), state);
      }
    }
  }

  /** The ordinals that were allotted lie below it. */
  get rows(): number {
    return Atomics.load(this.control, CONTROL.rows);
  }

  /** Whether the index keeps the SHA-256 of certificates. */
  get hasFingerprints(): boolean {
    return this.fingerprints !== undefined;
  }

  /** Certificates ever issued, as far as the index knows. */
  get issuedCount(): number {
    return Atomics.load(this.control, CONTROL.issued);
  }

  /** Certificates revoked or held now, expired ones included. */
  get revokedCount(): number {
    return Atomics.load(this.control, CONTROL.revoked);
  }

  /**
   * Grows by one after each change (modulo 2³²): what is read after it stays true as long as it stays equal. Counts from 0
   * in each process.
   */
  get generation(): number {
    return Atomics.load(this.control, CONTROL.generation) >>> 0;
  }
}
