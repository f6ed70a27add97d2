export { directoryLedger, httpsLedger, type HttpsLedgerOptions } from './ledger-source.ts';
export type { KeptReceipt } from '../receipt.ts';
export type {
  LedgerSource,
  PublishedPrices,
  SignedDocument,
  StatementFinding,
  StatementFindingKind,
  StatementVerification,
  StatementVerificationInput,
} from './types.ts';
export { verifyStatement } from './verify-statement.ts';
