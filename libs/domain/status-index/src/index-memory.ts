import type { SerialScheme } from '@kakunin/certificates';
import { FINGERPRINT_OCTETS } from './fingerprints.ts';
import { mostOctets, ORDINALS_A_PAGE } from './page-layout.ts';
import { KEY_RANGE_BITS } from './seal-serial.ts';
import { PARTITION_OCTETS } from './partitions.ts';
import { SEALING_KEYS_OCTETS, SealingKeys } from './sealing-keys.ts';
import { SERIAL_WORDS } from './serial-words.ts';
import { CONTROL, growable } from './shared-memory.ts';
import type { RandomMemory, SealedMemory, StatusIndexMemory } from './shared-memory.ts';
import { mostTableOctets } from './table-layout.ts';

/** More than the certificates of one key generation of a nation; reserves addresses, not memory. */
const DEFAULT_CAPACITY = 2 ** 28;

/** AES-256 keys (32 octets) by version (1 … 127). */
export type SealingKeysByVersion = ReadonlyMap<number, Uint8Array>;

export interface StatusIndexOptions {
  /**
   * Ordinals: certificates that one authority may issue; for `sequential` the width of the serial range. Default, and
   * largest, 2²⁸.
   */
  readonly capacity?: number | undefined;
  /** Whether the SHA-256 of each certificate is kept: 32 octets a certificate. */
  readonly fingerprints?: boolean | undefined;
  /** Whether the partition of each certificate is kept: 2 octets a certificate. */
  readonly partitions?: boolean | undefined;
  /** Scheme `sealed` only. */
  readonly sealingKeys?: SealingKeysByVersion | undefined;
}

export function memoryFor(scheme: SerialScheme, options: StatusIndexOptions): StatusIndexMemory {
  const { capacity = DEFAULT_CAPACITY, fingerprints = false, partitions = false, sealingKeys } = options;
  const most = mostOctets(capacity);
  const memory = {
    scheme,
    capacity,
    control: new SharedArrayBuffer(Object.keys(CONTROL).length * 4),
    codes: growable(most.codes),
    headers: growable(most.headers),
    entries: growable(most.entries),
    ...(fingerprints && { fingerprints: growable(roundUp(capacity, ORDINALS_A_PAGE) * FINGERPRINT_OCTETS) }),
    ...(partitions && { partitions: growable(roundUp(capacity, ORDINALS_A_PAGE) * PARTITION_OCTETS) }),
    ...(scheme.kind === 'random' && { random: randomMemory(capacity) }),
    ...(scheme.kind === 'sealed' && { sealed: sealedMemory(capacity) }),
  };
  if (sealingKeys) addSealingKeys(memory, sealingKeys);
  return memory;
}

export function addSealingKeys({ sealed }: StatusIndexMemory, byVersion: SealingKeysByVersion): void {
  if (!sealed) return;
  const keys = new SealingKeys(sealed.keys);
  for (const [version, key] of byVersion) keys.add(version, key);
}

const randomMemory = (capacity: number): RandomMemory => ({
  serials: growable(capacity * (SERIAL_WORDS - 1) * 4),
  heads: growable(capacity * 4),
  table: growable(mostTableOctets(capacity)),
});

const sealedMemory = (capacity: number): SealedMemory => ({
  keys: new SharedArrayBuffer(SEALING_KEYS_OCTETS),
  versions: new SharedArrayBuffer(Math.ceil(capacity / 2 ** KEY_RANGE_BITS)),
});

const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;
