import { join } from 'node:path';
import { responderIdByKey } from '@kakunin/ocsp';
import type { HealthResult } from '@kakunin/runtime';
import { SigningCredentials } from '@kakunin/signing-keys';
import { checkResponderCertificate, isWithinValidity, parseCertificate } from '@kakunin/x509';
import type { ResponderRefusal, SigningCredential } from '@kakunin/x509';
import type { AuthorityStatus, StatusSource } from '../answering/status-source.ts';
import type { ResponderSigner } from './answers.ts';

export interface ResponderSignersOptions {
  /** Holds `<authorityId>/key.pem` and `certificate.pem`. */
  readonly directory: string;
  readonly source: StatusSource;
  readonly clock: { now(): number };
}

interface CheckedSigner extends ResponderSigner {
  readonly credential: SigningCredential;
  /** Whose certificate it was checked against. */
  readonly authority: AuthorityStatus['certificate'];
}

/** How often replaced files are looked for, ms. */
const INTERVAL = 2_000;

/** Who signs for which authority: only with a certificate that the authority gave for it (RFC 6960, 4.2.2.2). */
export class ResponderSigners {
  readonly #options: ResponderSignersOptions;
  readonly #checked = new Map<string, CheckedSigner>();
  #credentials: SigningCredentials | undefined;

  private constructor(options: ResponderSignersOptions) {
    this.#options = options;
  }

  static async open(options: ResponderSignersOptions): Promise<ResponderSigners> {
    const signers = new ResponderSigners(options);
    const refusal = (authorityId: string, credential: SigningCredential): string | undefined =>
      signers.#refusal(authorityId, credential);
    signers.#credentials = await SigningCredentials.open({ directory: options.directory, interval: INTERVAL, refusal });
    return signers;
  }

  /** @returns undefined when nothing may sign for the authority now */
  signerOf(authority: AuthorityStatus, now: number): ResponderSigner | undefined {
    const { authorityId } = authority;
    const credential = this.#credentials?.get(authorityId);
    if (!credential) return undefined;
    const known = this.#checked.get(authorityId);
    if (known?.credential === credential && known.authority === authority.certificate)
      return isWithinValidity(known.certificate, now) ? known : undefined;
    if (refusalOf(credential, authority, now)) return undefined;
    const certificate = parseCertificate(credential.certificate);
    const responderId = responderIdByKey(certificate);
    const signer = { key: credential.key, certificate, responderId, credential, authority: authority.certificate };
    this.#checked.set(authorityId, signer);
    return signer;
  }

  /** Red while an authority has no signer, and while a replacement was refused. */
  health(): HealthResult {
    const authorities = [...this.#options.source.all()];
    const problems = authorities.flatMap((authority) => this.#problemOf(authority) ?? []);
    if (problems.length === 0) return { ok: true, detail: `${authorities.length} authorities have a signer` };
    return { ok: false, detail: `${problems.join('; ')} (docs/runbooks/ocsp-signer-unavailable.md)` };
  }

  async close(): Promise<void> {
    await this.#credentials?.close();
  }

  #problemOf(authority: AuthorityStatus): string | undefined {
    const { authorityId } = authority;
    const now = this.#options.clock.now();
    const credential = this.#credentials?.get(authorityId);
    const refused =
      this.#credentials?.problems().get(authorityId) ?? (credential && refusalOf(credential, authority, now));
    if (refused) return `${authorityId}: ${refused}`;
    if (credential) return undefined;
    return `${authorityId}: no signer; put key.pem and certificate.pem into ${join(this.#options.directory, authorityId)}`;
  }

  /** An authority that is not known yet cannot be asked: its signer is checked before it signs for the first time. */
  #refusal(authorityId: string, credential: SigningCredential): string | undefined {
    const authority = this.#options.source.get(authorityId);
    return authority && refusalOf(credential, authority, this.#options.clock.now());
  }
}

const REASONS: Readonly<Record<ResponderRefusal, string>> = {
  not_yet_valid: 'the responder certificate is not valid yet (not_yet_valid)',
  expired: 'the responder certificate has expired (expired)',
  not_issued_by_authority: 'the responder certificate was not issued by this authority (not_issued_by_authority)',
  no_ocsp_signing: 'the responder certificate is not for OCSP signing (no_ocsp_signing)',
  key_usage: 'the key usage of the responder certificate has no digitalSignature (key_usage)',
  no_nocheck: 'the responder certificate has no id-pkix-ocsp-nocheck (no_nocheck)',
};

function refusalOf(credential: SigningCredential, authority: AuthorityStatus, now: number): string | undefined {
  const certificate = parseCertificate(credential.certificate);
  const check = checkResponderCertificate({ certificate, authority: authority.certificate, now });
  return check.ok ? undefined : REASONS[check.refusal];
}
