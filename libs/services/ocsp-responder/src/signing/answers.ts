import type { CertId, ResponderId } from '@kakunin/ocsp';
import type { CertificateState } from '@kakunin/status-index';
import type { Certificate, SigningKey } from '@kakunin/x509';

/** Who signs answers about an authority's certificates. A renewed one is another object. */
export interface ResponderSigner {
  readonly key: SigningKey;
  readonly certificate: Certificate;
  readonly responderId: ResponderId;
}

/** One certificate that is asked about, with what is known of it. */
export interface Subject {
  readonly certId: CertId;
  readonly state: CertificateState;
}

/** What is to be answered, once everything is known. */
export interface Question {
  readonly subjects: readonly [Subject, ...Subject[]];
  readonly nonce: Uint8Array | undefined;
  readonly signer: ResponderSigner;
  /** Epoch ms: what `subjects` say holds as of then. */
  readonly asOf: number;
  /** Epoch ms. */
  readonly now: number;
}

export interface SignedAnswer {
  /** DER of the OCSPResponse. */
  readonly body: Uint8Array;
  /** Epoch ms, whole seconds. */
  readonly thisUpdate: number;
  /** Epoch ms, whole seconds. */
  readonly nextUpdate: number;
  readonly source: 'cached' | 'live';
}

/** Puts a signed answer to a question; sources are decorated: cached, then live. */
export interface Answers {
  /** @throws X509Error `signer_failed` */
  answer(question: Question): Promise<SignedAnswer>;
}
