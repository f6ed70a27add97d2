import { createDecipheriv } from 'node:crypto';
import type { Authority } from '@kakunin/certificates';
import { HoneyOrdinals } from '@kakunin/probing';
import type { Reservation } from '@kakunin/serial-allotment';
import { SealingKeysDirectory } from '@kakunin/status-feed/sealing-keys-directory';
import { Inject, Injectable } from '@nestjs/common';
import { RegistryKeys } from '../signing/registry-keys.ts';

/** One sealed serial number in so many is honey, for ever: a change would make honey of persons' certificates. */
const ONE_IN = 1_000;
/** `version ‖ AES block`, in hexadecimal without leading zeros. */
const SEALED = /^[0-9a-f]{33,34}$/;

/**
 * Certificates that are issued and that nobody holds: whoever asks about one has a list that he should not have. They are
 * among the sealed serial numbers, whose ordinals the registry gives out; which they are, a key says that it keeps.
 */
@Injectable()
export class HoneyCertificates {
  #ordinals: HoneyOrdinals | undefined;
  /** By authority, as of the last round. */
  readonly #sealingKeys = new Map<string, ReadonlyMap<number, Uint8Array>>();

  constructor(
    @Inject(RegistryKeys) private readonly keys: RegistryKeys,
    @Inject(SealingKeysDirectory) private readonly directory: SealingKeysDirectory,
  ) {}

  /** Before anything else is asked; again now and then, for sealing keys that are new. */
  async load(): Promise<void> {
    this.#ordinals ??= new HoneyOrdinals(await this.keys.secretFor('honey'), ONE_IN);
    this.#sealingKeys.clear();
  }

  /** Which ordinals of an authority are given to nobody. */
  async reservation(authorityId: string): Promise<Reservation> {
    if (!this.#ordinals) await this.load();
    return (ordinal) => this.#ordinals!.has(authorityId, ordinal);
  }

  has({ authorityId, serialScheme }: Authority, serialNumber: string): boolean {
    if (!this.#ordinals || serialScheme.kind !== 'sealed') return false;
    const ordinal = openSerial(serialNumber, this.#keysOf(authorityId));
    return ordinal !== undefined && this.#ordinals.has(authorityId, ordinal);
  }

  #keysOf(authorityId: string): ReadonlyMap<number, Uint8Array> {
    const keys = this.#sealingKeys.get(authorityId) ?? this.directory.keysOf(authorityId);
    this.#sealingKeys.set(authorityId, keys);
    return keys;
  }
}

/** The ordinal that was sealed (design: `ordinal ‖ 64 zero bits`); undefined: no sealed serial number of this authority. */
function openSerial(serialNumber: string, keys: ReadonlyMap<number, Uint8Array>): number | undefined {
  if (!SEALED.test(serialNumber)) return undefined;
  const octets = Buffer.from(serialNumber.padStart(34, '0'), 'hex');
  const key = keys.get(octets[0]!);
  if (!key) return undefined;
  const block = createDecipheriv('aes-256-ecb', key, null).setAutoPadding(false).update(octets.subarray(1));
  return block.readBigUInt64BE(8) === 0n ? Number(block.readBigUInt64BE(0)) : undefined;
}
