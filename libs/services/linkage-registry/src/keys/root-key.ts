/**
 * The one key above all others: it wraps data keys, and nothing else. It stands in a file, or in a token that it never
 * leaves.
 */
export interface RootKey {
  /** Tells root keys apart, and nothing about them. */
  readonly rootKeyId: string;
  /** @param use what the key is for: it is unwrapped for that only */
  wrap(use: string, key: Uint8Array): Promise<Uint8Array>;
  /** @throws Error when it was wrapped by another root key or for another use, or was changed */
  unwrap(use: string, wrapped: Uint8Array): Promise<Uint8Array>;
}

/** The root key in use and, while it is being changed, the one before. */
export interface RootKeys {
  readonly current: RootKey;
  readonly previous?: RootKey;
}

export const ROOT_KEYS = Symbol('root keys');
