import type { OrdinaryRequest } from './ordinary-request.ts';

/** What is said to an ordinary request: one object that is filled again and again. Instants are epoch ms. */
export interface OrdinaryAnswer {
  /** What was asked, and where things stand in it: CertID and nonce are copied from there. */
  request: Uint8Array;
  asked: OrdinaryRequest;
  certStatus: 'good' | 'revoked' | 'unknown';
  /** CRLReason (RFC 5280, 5.3.1) of a revoked one; 0, unspecified, is left out. */
  reasonCode: number;
  revocationTime: number;
  producedAt: number;
  thisUpdate: number;
  nextUpdate: number;
  /** undefined: not told. */
  archiveCutoff: number | undefined;
  /** SHA-256 of the certificate, told as CertHash; undefined: not told. */
  fingerprint: Uint8Array | undefined;
  /** What was never issued is answered as revoked (RFC 6960, 4.4.8). */
  extendedRevoke: boolean;
}

/** What fixes where everything stands in an answer of one signer. */
export interface AnswerShape {
  readonly certIdLength: number;
  /** 0: no nonce. */
  readonly nonceLength: number;
  readonly certStatus: OrdinaryAnswer['certStatus'];
  readonly reasonCode: number;
  readonly archiveCutoff: boolean;
  readonly fingerprint: boolean;
  readonly extendedRevoke: boolean;
}

/** The shape that this answer has. */
export const shapeOf = (answer: OrdinaryAnswer): AnswerShape => ({
  certIdLength: answer.asked.certIdEnd - answer.asked.certIdStart,
  nonceLength: answer.asked.nonceEnd - answer.asked.nonceStart,
  certStatus: answer.certStatus,
  reasonCode: answer.certStatus === 'revoked' ? answer.reasonCode : 0,
  archiveCutoff: answer.archiveCutoff !== undefined,
  fingerprint: answer.fingerprint !== undefined,
  extendedRevoke: answer.extendedRevoke,
});

/** The same as one number, without making an object: what `shapeOf` holds, in 23 bits. */
export function shapeKey(answer: OrdinaryAnswer): number {
  const { asked, certStatus, archiveCutoff, fingerprint, extendedRevoke } = answer;
  // CRLReasons end at 10.
  const status = certStatus === 'revoked' ? answer.reasonCode : certStatus === 'good' ? 14 : 15;
  const flags = (archiveCutoff === undefined ? 0 : 1) | (fingerprint ? 2 : 0) | (extendedRevoke ? 4 : 0);
  // A CertID of a scanned request has at most 173 octets, a nonce 128.
  const lengths = ((asked.certIdEnd - asked.certIdStart) << 8) | (asked.nonceEnd - asked.nonceStart);
  return (lengths << 7) | (status << 3) | flags;
}
