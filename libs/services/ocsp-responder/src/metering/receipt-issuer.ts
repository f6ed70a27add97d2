import { ledgerOrigin } from '@kakunin/usage-ledger';
import type { Customer } from '../answering/caller-connection.ts';
import { CustomerReceipts } from './customer-receipts.ts';

export interface ReceiptIssuerInput {
  /** Of the journal whose segments the events lie in. */
  readonly producer: string;
  /** Who keeps the ledgers; the billing meter is told the same. */
  readonly operator: string;
}

/** What a quoted string of a header can hold (RFC 9651, section 3.3.3), without what would have to be escaped. */
const QUOTABLE = /^[ !#-[\]-~]*$/;

/** Gives customers receipts of what they are charged for. */
export class ReceiptIssuer {
  readonly #input: ReceiptIssuerInput;

  constructor(input: ReceiptIssuerInput) {
    this.#input = input;
  }

  /** @returns undefined for a code that neither a ledger nor a header can have */
  forCustomer(customer: Customer): CustomerReceipts | undefined {
    const { producer, operator } = this.#input;
    const ledger = ledgerOrigin(operator, customer.platformProvider);
    if (!QUOTABLE.test(ledger) || !QUOTABLE.test(customer.serviceProvider)) return undefined;
    return new CustomerReceipts({ ledger, producer, customer });
  }
}
