export { OcspClient } from './ocsp-client.ts';
export {
  type ExchangedMessages,
  OcspClientError,
  type OcspClientErrorCode,
  type OcspClientErrorDetails,
  type OcspRefusalStatus,
} from './ocsp-client-error.ts';
export type { ClientTls, CrlFallback, CrlLocation, KeepAlive, OcspClientOptions } from './ocsp-client-options.ts';
export type { KeptReceipt } from './receipt.ts';
export type {
  CertificateStatus,
  CheckPurpose,
  CrlResult,
  OcspResult,
  RevocationReason,
  StatusCheck,
  StatusResult,
} from './status-check.ts';
