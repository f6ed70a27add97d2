export { StatusIndex } from './status-index.ts';
export type { SealingKeysByVersion, StatusIndexOptions } from './index-memory.ts';
export { sealSerial } from './seal-serial.ts';
export { StatusIndexReader } from './status-index-reader.ts';
export { StatusIndexError } from './status-index-error.ts';
export type { StatusIndexErrorCode } from './status-index-error.ts';
export type { StatusImage } from './status-image.ts';
export type { StatusIndexMemory } from './shared-memory.ts';
export type { FrozenEntries, FrozenRevocations } from './frozen-revocations.ts';
export type { FrozenEntry } from './revocation-batch.ts';
export { instantOf } from './certificate-state.ts';
export type { CertificateState, IssuedCertificate, Revocation, RevokedEntry } from './certificate-state.ts';
export {
  INVALIDITY_DATE,
  ISSUED,
  LAST_SECOND,
  packedState,
  REASON_SHIFT,
  REVOKED,
  SMARTPHONE,
} from './packed-state.ts';
export type { PackedState } from './packed-state.ts';
