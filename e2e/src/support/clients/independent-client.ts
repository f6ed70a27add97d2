import type { HashAlgorithm } from '@kakunin/x509';
import type { Signer } from './authorities.ts';

/** What a client is asked to find out. */
export interface ClientQuestion {
  readonly url: string;
  /** PEM files. */
  readonly authorityFile: string;
  readonly certificateFile: string;
  readonly hashAlgorithm: HashAlgorithm;
}

/** Somebody else's OCSP client. It verifies by itself what it says. */
export interface IndependentClient {
  readonly name: string;
  /** What it can name certificates with. */
  readonly hashAlgorithms: readonly HashAlgorithm[];
  /** Whose signatures it cannot verify. */
  readonly cannotVerify: readonly Signer[];
  /** @returns for each question `good`, `revoked keyCompromise 2026-01-31T12:00:00Z`, `unknown`, or `error …` */
  ask(questions: readonly ClientQuestion[]): Promise<readonly string[]>;
}
