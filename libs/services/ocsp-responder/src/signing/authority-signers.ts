import { responderIdByKey, responderIdByName } from '@kakunin/ocsp';
import type { SigningPair } from '@kakunin/signing-keys';
import { checkResponderCertificate, isWithinValidity } from '@kakunin/x509';
import type { Certificate, ResponderRefusal, SignatureAlgorithm } from '@kakunin/x509';
import type { AuthorityPolicy } from './authority-policy.ts';
import type { ResponderSigner } from './responder-signer.ts';

/** What signers are made of. */
export interface SignerSource {
  readonly authority: Certificate;
  readonly policy: AuthorityPolicy;
  readonly pairs: readonly SigningPair[];
}

interface PlacedSigner extends ResponderSigner {
  readonly pair: SigningPair;
}

/** Those who may sign for one authority, and which of them does. Never changed: other files make another object. */
export class AuthoritySigners {
  readonly source: SignerSource;
  /** Why a pair may not sign, whatever the time. */
  readonly refusals: readonly string[];
  /** Whose certificate began last comes first. */
  readonly #signers: readonly PlacedSigner[];
  readonly #algorithms: ReadonlySet<SignatureAlgorithm>;

  /** @param before a signer of which nothing has changed stays the same object */
  constructor(source: SignerSource, before?: AuthoritySigners) {
    this.source = source;
    const checked = source.pairs.map((pair) => [pair, whyRefused(pair.certificate, source)] as const);
    this.refusals = checked.flatMap(([pair, refusal]) => (refusal ? `${placeOf(pair)}${refusal}` : []));
    const kept = before && sameTerms(before.source, source) ? before.#signers : [];
    const signers = checked
      .filter(([, refusal]) => refusal === undefined)
      .map(([pair]) => kept.find((signer) => signer.pair === pair) ?? signerOf(pair, source.policy));
    // Pairs come with the own folder's first: its algorithm is what is signed with unless another is preferred.
    this.#algorithms = new Set(signers.map(({ key }) => key.algorithm));
    this.#signers = signers.toSorted((one, other) => other.certificate.notBefore - one.certificate.notBefore);
  }

  /** @returns undefined when nobody may sign now */
  choose(now: number, preferred: readonly SignatureAlgorithm[]): ResponderSigner | undefined {
    return this.#current(preferred, now) ?? this.#current(this.#algorithms, now);
  }

  /** One for each algorithm: who signs now. */
  current(now: number): readonly ResponderSigner[] {
    return [...this.#algorithms].flatMap((algorithm) => this.#current([algorithm], now) ?? []);
  }

  /** By algorithm: when the last certificate that lies here ends, epoch ms, whether or not it has begun. */
  ends(): ReadonlyMap<SignatureAlgorithm, number> {
    const ends = new Map<SignatureAlgorithm, number>();
    for (const { key, certificate } of this.#signers)
      ends.set(key.algorithm, Math.max(certificate.notAfter, ends.get(key.algorithm) ?? 0));
    return ends;
  }

  /** What must be mended. An ended certificate is none as long as another one signs with the same algorithm. */
  problems(now: number): readonly string[] {
    const ended = this.#signers.filter(({ key, certificate }) => {
      return now > certificate.notAfter && !this.#current([key.algorithm], now);
    });
    const waiting = this.#algorithms.size > 0 && ended.length === 0 && this.current(now).length === 0;
    return [
      ...this.refusals,
      ...ended.map(({ pair }) => `${placeOf(pair)}${REASONS.expired}`),
      ...(waiting ? [REASONS.not_yet_valid] : []),
    ];
  }

  #current(algorithms: Iterable<SignatureAlgorithm>, now: number): ResponderSigner | undefined {
    for (const algorithm of algorithms)
      for (const signer of this.#signers)
        if (signer.key.algorithm === algorithm && isWithinValidity(signer.certificate, now)) return signer;
    return undefined;
  }
}

/** Whether what two sources have in common makes the same signers. */
const sameTerms = (one: SignerSource, other: SignerSource): boolean =>
  one.authority === other.authority && one.policy === other.policy;

function signerOf(pair: SigningPair, { responderId }: AuthorityPolicy): PlacedSigner {
  const { certificate } = pair;
  const nameOf = responderId === 'name' ? responderIdByName : responderIdByKey;
  return { key: pair.credential.key, certificate, responderId: nameOf(certificate), pair };
}

const REASONS: Readonly<Record<ResponderRefusal, string>> = {
  not_yet_valid: 'the responder certificate is not valid yet (not_yet_valid)',
  expired: 'the responder certificate has expired (expired)',
  not_issued_by_authority: 'the responder certificate was not issued by this authority (not_issued_by_authority)',
  no_ocsp_signing: 'the responder certificate is not for OCSP signing (no_ocsp_signing)',
  key_usage: 'the key usage of the responder certificate has no digitalSignature (key_usage)',
  no_nocheck: 'the responder certificate has no id-pkix-ocsp-nocheck (no_nocheck)',
};

/**
 * Why a certificate may not sign OCSP answers for an authority.
 * @param now left out: the time does not matter
 */
export function whyRefused(
  certificate: Certificate,
  { authority, policy: { requireNoCheck } }: Pick<SignerSource, 'authority' | 'policy'>,
  now = certificate.notBefore,
): string | undefined {
  const check = checkResponderCertificate({ certificate, authority, now, requireNoCheck });
  return check.ok ? undefined : REASONS[check.refusal];
}

const placeOf = ({ folder }: SigningPair): string => (folder === '' ? '' : `${folder}: `);
