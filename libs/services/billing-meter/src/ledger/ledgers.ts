import { OBJECT_STORE } from '@kakunin/object-store';
import type { ObjectStore } from '@kakunin/objects';
import { ledgerOrigin, type LedgerStore, LedgerWriter, ObjectLedgerStore } from '@kakunin/usage-ledger';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@kakunin/runtime';
import type { BillingMeterConfig } from '../config.ts';
import { LedgerKeys } from './ledger-keys.ts';

/** The ledgers of all customers: where their files lie, what they are called, and with which keys they are signed. */
@Injectable()
export class Ledgers {
  readonly #objects: ObjectStore;
  readonly #keys: LedgerKeys;
  readonly #operator: string;

  constructor(
    @Inject(OBJECT_STORE) objects: ObjectStore,
    @Inject(LedgerKeys) keys: LedgerKeys,
    @Inject(CONFIG) { ledgerOperator }: Pick<BillingMeterConfig, 'ledgerOperator'>,
  ) {
    this.#objects = objects;
    this.#keys = keys;
    this.#operator = ledgerOperator;
  }

  originOf(customer: string): string {
    return ledgerOrigin(this.#operator, customer);
  }

  verifierKeysOf(customer: string): string {
    return this.#keys.verifierKeysOf(this.originOf(customer));
  }

  storeOf(customer: string): LedgerStore {
    return new ObjectLedgerStore(this.#objects, `ledgers/${customer}`);
  }

  /** @throws LedgerError `invalid_key` */
  writerOf(customer: string): LedgerWriter {
    const origin = this.originOf(customer);
    return new LedgerWriter({
      operator: this.#operator,
      customer,
      store: this.storeOf(customer),
      signers: this.#keys.signersOf(origin),
      retired: this.#keys.retiredOf(origin),
    });
  }
}
