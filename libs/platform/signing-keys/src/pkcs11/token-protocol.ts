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

/** Which key of a token; at least one is given. */
export interface KeyReference {
  readonly label: string | undefined;
  /** CKA_ID, hexadecimal. */
  readonly id: string | undefined;
}

/** Mechanisms of PKCS#11 that are used: each takes what is ready to be signed. */
export type Mechanism = 'CKM_RSA_PKCS' | 'CKM_ECDSA' | 'CKM_EDDSA';

/** What a token shall sign. */
export interface SignRequest {
  readonly key: KeyReference;
  readonly mechanism: Mechanism;
  /** DigestInfo, digest or message, by mechanism. */
  readonly data: Uint8Array;
}

/** What a token shall encrypt or decrypt under a secret key that it holds (AES-GCM, PKCS #11 2.40, 2.12.2). */
export interface CipherRequest {
  readonly key: KeyReference;
  readonly mechanism: 'CKM_AES_GCM';
  readonly direction: 'encrypt' | 'decrypt';
  /** 12 octets. */
  readonly nonce: Uint8Array;
  readonly additionalData: Uint8Array;
  /** With its tag behind it where it is to be decrypted. */
  readonly data: Uint8Array;
}

export type TokenRequest = SignRequest | CipherRequest;

/** Why a token did not answer. */
export interface TokenFault {
  readonly code: SigningKeyErrorCode;
  readonly message: string;
}

/** To the token's process; the first message to it is its `TokenReference`. */
export type NumberedRequest = TokenRequest & { readonly id: number };

/** From the token's process: a signature, or what was encrypted or decrypted. */
export type NumberedReply =
  | { readonly id: number; readonly result: Uint8Array; readonly fault?: undefined }
  | { readonly id: number; readonly result?: undefined; readonly fault: TokenFault };
