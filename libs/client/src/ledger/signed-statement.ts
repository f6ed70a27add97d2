import { createPublicKey, verify } from 'node:crypto';
import { BillingError, type ClosedStatement, parseClosedStatement } from '@kakunin/billing';
import type { FindingList } from './finding-list.ts';
import type { SignedDocument } from './types.ts';

/** Reads a statement and verifies its signature. @returns undefined when it is none, which is a finding */
export function openStatement(
  { octets, signature }: SignedDocument,
  signingKey: string,
  list: FindingList,
): ClosedStatement | undefined {
  if (!verify(null, octets, createPublicKey(signingKey), signature))
    list.add(
      'signature_invalid',
      '電子署名が発行者の鍵によるものではありません。',
      'The signature is not by the key of who issues statements.',
    );
  try {
    return parseClosedStatement(octets);
  } catch (error) {
    if (!(error instanceof BillingError)) throw error;
    list.add(
      'malformed_document',
      '確定した請求書の正式な書式ではありません。',
      'It is no closed statement in its canonical form.',
    );
    return undefined;
  }
}
