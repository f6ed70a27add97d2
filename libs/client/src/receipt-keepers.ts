import type { OcspClientOptions } from './ocsp-client-options.ts';
import { ReceiptFile } from './receipt-file.ts';
import type { KeptReceipt } from './receipt.ts';

export type ReceiptKeeper = NonNullable<OcspClientOptions['onReceipts']>;

/** Who keeps receipts, as the options want it. */
export function receiptKeepers({ onReceipts, receiptsFile }: OcspClientOptions): readonly ReceiptKeeper[] {
  const file = receiptsFile === undefined ? undefined : new ReceiptFile(receiptsFile);
  return [
    ...(onReceipts ? [onReceipts] : []),
    ...(file ? [(receipts: readonly KeptReceipt[]) => file.append(receipts)] : []),
  ];
}

/** A receipt that is lost is no reason to lose the answer as well. */
export async function keepReceipts(keepers: readonly ReceiptKeeper[], receipts: readonly KeptReceipt[]): Promise<void> {
  for (const keep of keepers) {
    try {
      await keep(receipts);
    } catch (error) {
      process.emitWarning(`A receipt could not be kept: ${(error as Error).message}`, 'KakuninReceiptWarning');
    }
  }
}
