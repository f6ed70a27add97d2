export { crlDirectory } from './crl-directory.ts';
export { CrlSyncError, type CrlSyncErrorCode } from './crl-sync-error.ts';
export { syncCrls } from './sync-crls.ts';
export type {
  CrlFailureCode,
  CrlPart,
  CrlProgress,
  CrlStore,
  CrlSyncInput,
  CrlSyncReport,
  FailedCrl,
  StoredCrl,
  SyncedCrl,
} from './types.ts';
