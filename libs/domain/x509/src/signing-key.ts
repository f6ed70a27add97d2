/** Signature algorithms in use; data, not code: an authority names its own. */
export type SignatureAlgorithm = 'rsa-sha256' | 'ecdsa-p256-sha256' | 'ecdsa-p384-sha384' | 'ed25519';

/** A private key somewhere (a file, an HSM) that signs; the port through which OCSP answers and CRLs are signed. */
export interface SigningKey {
  readonly algorithm: SignatureAlgorithm;
  /** DER of the SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** How many signatures it makes at a time, such as a device its sessions; more wait. Left out: it does not say. */
  readonly concurrency?: number;
  /**
   * @returns the signature as it stands in X.509 structures (ECDSA: DER SEQUENCE of r and s)
   * @throws X509Error `signer_failed`
   */
  sign(data: Uint8Array): Promise<Uint8Array>;
  /**
   * The same at once, on the thread that asks. Only a key that lies in this process has it: it never waits for a device.
   * @throws X509Error `signer_failed`
   */
  signNow?(data: Uint8Array): Uint8Array;
  /**
   * Signs data that comes in pieces and may be too large to hold, such as a nation's CRL. The pieces are read once
   * and not kept, except by Ed25519, which passes over its data twice.
   * @throws X509Error `signer_failed`
   */
  signChunks(chunks: Iterable<Uint8Array>): Promise<Uint8Array>;
}

/** A key with the certificate that names it: what signs OCSP answers or CRLs of an authority. */
export interface SigningCredential {
  readonly key: SigningKey;
  /** DER of the certificate: the authority's own, or one that it issued to a delegated responder. */
  readonly certificate: Uint8Array;
}
