export { directoryLedger, httpsLedger, type HttpsLedgerOptions } from './ledger-source.ts';
export type { KeptReceipt } from '../receipt.ts';
export type {
  LedgerSource,
  LedgerVerification,
  LedgerVerificationInput,
  PublishedPrices,
  SignedDocument,
  StatementFinding,
  StatementFindingKind,
  StatementVerification,
  StatementVerificationInput,
} from './types.ts';
export { verifyStatement } from './verify-statement.ts';
export { verifyLedger } from './verify-ledger.ts';
