import type { Clock } from '@kakunin/calendar';
import { CLOCK } from '@kakunin/runtime';
import {
  type Allotment,
  allotBlock,
  rotateSealingKey,
  sealBlock,
  type SerialBlock,
  type SerialRequest,
} from '@kakunin/serial-allotment';
import { SealingKeysDirectory } from '@kakunin/status-feed/sealing-keys-directory';
import { serialNumberHex } from '@kakunin/x509';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { AuthorityStore } from '../authorities/authority.store.ts';
import { RegistryDatabase } from '../database/registry-database.ts';
import { HoneyCertificates } from '../probing/honey-certificates.ts';
import { RegistryError } from '../registry-error.ts';
import { findBlock, insertBlock, lockAllotment, updateAllotment } from './serial-allotment.store.ts';

/** Serial numbers for certificates yet to be issued. */
export interface AllottedSerials {
  readonly keyVersion: number;
  /** As everywhere here: lower-case hexadecimal without leading zeros. In their own order, which says nothing of any other. */
  readonly serialNumbers: readonly string[];
  /** Beside those asked for: of certificates that nobody holds, to be issued and registered without a holder. */
  readonly honeySerialNumbers: readonly string[];
}

/** Allots sealed serial numbers to a CA: nobody can guess one, or count by them how many there are. */
@Injectable()
export class SerialNumbers {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(AuthorityStore) private readonly authorities: AuthorityStore,
    @Inject(SealingKeysDirectory) private readonly sealingKeys: SealingKeysDirectory,
    @Inject(HoneyCertificates) private readonly honey: HoneyCertificates,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * The same request is given the same serial numbers, whenever it comes again.
   * @throws CertificatesError `authority_unknown`; RegistryError `serial_numbers_not_sealed` | `sealing_key_missing`;
   * SerialAllotmentError
   */
  async allot(authorityId: string, request: SerialRequest): Promise<AllottedSerials> {
    const isReserved = await this.honey.reservation(authorityId);
    const { block, key } = await this.#inOrder(authorityId, async (client, allotment) => {
      const earlier = await findBlock(client, authorityId, request.requestId);
      const allotted = allotBlock(allotment, request, { isReserved, ...(earlier && { earlier }) });
      // Before it is kept: a block that cannot be sealed would use up ordinals.
      const found = { block: allotted.block, key: this.#key(authorityId, allotted.block.keyVersion) };
      if (!earlier) await this.#keep(client, { authorityId, ...allotted });
      return found;
    });
    const { serials, reserved } = sealBlock(block, key, isReserved);
    const { keyVersion } = block;
    return { keyVersion, serialNumbers: serials.map(hexOf), honeySerialNumbers: reserved.map(hexOf) };
  }

  /**
   * Seals what is allotted from now on under this key version, the next one; said again, it changes nothing.
   * @throws as {@link allot}; RegistryError `sealing_key_version_not_next`
   */
  rotate(authorityId: string, keyVersion: number): Promise<{ readonly keyVersion: number }> {
    return this.#inOrder(authorityId, async (client, allotment) => {
      if (allotment.keyVersion === keyVersion) return { keyVersion };
      const rotated = rotateSealingKey(allotment);
      if (rotated.keyVersion !== keyVersion) {
        throw new RegistryError(
          'sealing_key_version_not_next',
          `The authority seals under key version ${allotment.keyVersion}: the next is ${rotated.keyVersion}.`,
        );
      }
      this.#key(authorityId, keyVersion);
      await updateAllotment(client, authorityId, rotated);
      return { keyVersion };
    });
  }

  #inOrder<T>(authorityId: string, work: (client: PoolClient, allotment: Allotment) => Promise<T>): Promise<T> {
    return this.database.transaction(async (client) => {
      const { serialScheme } = await this.authorities.require(client, authorityId);
      if (serialScheme.kind !== 'sealed') {
        throw new RegistryError(
          'serial_numbers_not_sealed',
          'The authority chooses its serial numbers itself: it was not registered with sealed ones.',
        );
      }
      return work(client, await lockAllotment(client, authorityId));
    });
  }

  async #keep(
    client: PoolClient,
    { authorityId, block, allotment }: { authorityId: string; block: SerialBlock; allotment: Allotment },
  ): Promise<void> {
    await insertBlock(client, { authorityId, block, now: this.clock.now() });
    await updateAllotment(client, authorityId, allotment);
  }

  #key(authorityId: string, version: number): Uint8Array {
    const key = this.sealingKeys.keysOf(authorityId).get(version);
    if (key) return key;
    throw new RegistryError(
      'sealing_key_missing',
      `The sealing key ${version} is not there: put ${authorityId}/sealing-${version}.key into the directory of KAKUNIN_REGISTRY_SEALING_KEYS_DIRECTORY, and into those of responders and publisher first.`,
    );
  }
}

/** A sealed serial number has 17 octets and is positive: it always is one in hexadecimal. */
const hexOf = (serial: Uint8Array): string => serialNumberHex(serial)!;
