import type { SigningKeyErrorCode } from '../signing-key-error.ts';

/** Which token, and how to enter it. */
export interface TokenReference {
  /** Path of the PKCS#11 library. */
  readonly module: string;
  /** One of the two is given. */
  readonly tokenLabel: string | undefined;
  readonly slot: number | undefined;
  readonly pinFile: string;
  /** Signatures that may be under way at once. */
  readonly sessions: number;
}

/** Which private key of a token; at least one is given. */
export interface KeyReference {
  readonly label: string | undefined;
  /** CKA_ID, hexadecimal. */
  readonly id: string | undefined;
}

/** Mechanisms of PKCS#11 that are used: each takes what is ready to be signed. */
export type Mechanism = 'CKM_RSA_PKCS' | 'CKM_ECDSA' | 'CKM_EDDSA';

/** What a token shall sign. */
export interface TokenRequest {
  readonly key: KeyReference;
  readonly mechanism: Mechanism;
  /** DigestInfo, digest or message, by mechanism. */
  readonly data: Uint8Array;
}

/** Why a token did not sign. */
export interface TokenFault {
  readonly code: SigningKeyErrorCode;
  readonly message: string;
}

/** To the token's process; the first message to it is its `TokenReference`. */
export interface NumberedRequest extends TokenRequest {
  readonly id: number;
}

/** From the token's process. */
export type NumberedReply =
  | { readonly id: number; readonly signature: Uint8Array; readonly fault?: undefined }
  | { readonly id: number; readonly signature?: undefined; readonly fault: TokenFault };
