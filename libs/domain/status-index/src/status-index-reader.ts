import { isRevoked, unpackState } from './certificate-state.ts';
import type { CertificateState, RevokedEntry } from './certificate-state.ts';
import { REVOKED } from './packed-state.ts';
import type { PackedState } from './packed-state.ts';
import { serialMapOf } from './serial-map.ts';
import type { SerialMap } from './serial-map.ts';
import { readSerial, SERIAL_WORDS } from './serial-words.ts';
import { CONTROL } from './shared-memory.ts';
import type { StatusIndexMemory } from './shared-memory.ts';
import { StatusRows } from './status-rows.ts';

/** The reading side of an index: any number of them, in any thread, beside the one writer. */
export class StatusIndexReader {
  readonly memory: StatusIndexMemory;
  protected readonly control: Int32Array;
  protected readonly rows: StatusRows;
  protected readonly serials: SerialMap;
  /** Reused by every call: a lookup allocates its answer and nothing else. */
  protected readonly words = new Uint32Array(SERIAL_WORDS);

  /** @param memory of a `StatusIndex`, as it is or posted from another thread */
  constructor(memory: StatusIndexMemory) {
    this.memory = memory;
    this.control = new Int32Array(memory.control);
    this.rows = new StatusRows(memory.rows);
    this.serials = serialMapOf(memory);
  }

  /**
   * @param serial content octets of the DER INTEGER, as a CertID carries them (RFC 6960, 4.1.1); what is negative,
   * empty or longer than 20 significant octets was never issued
   */
  lookup(serial: Uint8Array): CertificateState {
    const ordinal = readSerial(serial, this.words) ? this.serials.find(this.words) : -1;
    return unpackState(this.rows.read(ordinal < 0 ? Infinity : ordinal));
  }

  /**
   * Where the index keeps the certificate whose serial number `octets` hold from `start` to `end` (content octets of the
   * DER INTEGER): an ordinal for {@link flagsAt} and {@link stateAt}, −1 when it cannot have been issued. Never changes.
   */
  locate(octets: Uint8Array, start = 0, end = octets.length): number {
    return readSerial(octets.subarray(start, end), this.words) ? this.serials.find(this.words) : -1;
  }

  /** The flags of {@link PackedState}; 0: never issued. */
  flagsAt(ordinal: number): number {
    return ordinal < 0 ? 0 : this.rows.flags(ordinal);
  }

  /** Fills in the state of one moment: never half a change. */
  stateAt(ordinal: number, target: PackedState): void {
    const { flags, revocationDate, invalidityDate, notAfter } = this.rows.read(ordinal < 0 ? Infinity : ordinal);
    target.flags = flags;
    target.revocationDate = revocationDate;
    target.invalidityDate = invalidityDate;
    target.notAfter = flags & REVOKED ? notAfter : 0;
  }

  /**
   * All revoked certificates, held ones included, in order of ordinals: the same order after a restart. Each entry is
   * whole; entries put while iterating may show or not, so who needs one moment takes them without yielding.
   */
  *revokedEntries(): Generator<RevokedEntry> {
    const rows = Atomics.load(this.control, CONTROL.rows);
    for (let ordinal = 0; ordinal < rows; ordinal += 1) {
      if (!isRevoked(this.rows.flags(ordinal))) continue;
      const state = unpackState(this.rows.read(ordinal));
      if (state.state !== 'revoked') continue;
      const { revocationDate, reason, invalidityDate, notAfter } = state;
      const serial = this.serials.serialOf(ordinal);
      yield {
        serial,
        revocationDate,
        reason,
        ...(invalidityDate !== undefined && { invalidityDate }),
        notAfter,
      };
    }
  }

  /** Certificates ever issued, as far as the index knows. */
  get issuedCount(): number {
    return Atomics.load(this.control, CONTROL.issued);
  }

  /** Certificates revoked or held now, expired ones included. */
  get revokedCount(): number {
    return Atomics.load(this.control, CONTROL.revoked);
  }

  /** Grows by one with each change (modulo 2³²); equal generations mean equal answers. Counts from 0 in each process. */
  get generation(): number {
    return Atomics.load(this.control, CONTROL.generation) >>> 0;
  }
}
