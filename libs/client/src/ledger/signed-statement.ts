import { createPublicKey, verify } from 'node:crypto';
import {
  BillingError,
  type ClosedStatement,
  type CreditNote,
  parseClosedStatement,
  parseCreditNote,
} from '@kakunin/billing';
import type { FindingList } from './finding-list.ts';
import type { SignedDocument } from './types.ts';

/** Reads a statement and verifies its signature. @returns undefined when it is none, which is a finding */
export const openStatement = (
  document: SignedDocument,
  signingKey: string,
  list: FindingList,
): ClosedStatement | undefined => open(document, { signingKey, list, parse: parseClosedStatement });

/** As {@link openStatement}. */
export const openCreditNote = (
  document: SignedDocument,
  signingKey: string,
  list: FindingList,
): CreditNote | undefined => open(document, { signingKey, list, parse: parseCreditNote });

interface Opening<T> {
  readonly signingKey: string;
  readonly list: FindingList;
  readonly parse: (octets: Uint8Array) => T;
}

function open<T>({ octets, signature }: SignedDocument, { signingKey, list, parse }: Opening<T>): T | undefined {
  if (!verify(null, octets, createPublicKey(signingKey), signature))
    list.add(
      'signature_invalid',
      '電子署名が発行者の鍵によるものではありません。',
      'The signature is not by the key of who issues statements.',
    );
  try {
    return parse(octets);
  } catch (error) {
    if (!(error instanceof BillingError)) throw error;
    list.add(
      'malformed_document',
      '確定した請求書・返還請求書の正式な書式ではありません。',
      'It is no closed statement or credit note in its canonical form.',
    );
    return undefined;
  }
}
