import type { ResponderId } from '@kakunin/ocsp';
import type { Certificate, SigningKey } from '@kakunin/x509';

/** Who signs answers about an authority's certificates. A renewed one is another object. */
export interface ResponderSigner {
  readonly key: SigningKey;
  readonly certificate: Certificate;
  readonly responderId: ResponderId;
}
