import { join } from 'node:path';
import type { HealthResult } from '@kakunin/runtime';
import { SigningCredentials, Watch } from '@kakunin/signing-keys';
import type { CredentialChange, PairReview } from '@kakunin/signing-keys';
import type { Certificate, SignatureAlgorithm } from '@kakunin/x509';
import { AuthorityPolicies } from './authority-policies.ts';
import type { AuthorityPolicy } from './authority-policy.ts';
import { AuthoritySigners, whyRefused } from './authority-signers.ts';
import type { ResponderSigner } from './responder-signer.ts';
import { SigningFailures } from './signing-failures.ts';

/** Whose answers are signed. */
export interface SigningAuthority {
  readonly authorityId: string;
  /** The same object until it is another certificate. */
  readonly certificate: Certificate;
}

export interface ResponderSignersOptions {
  /** Holds a folder for each authority: docs/reference/signing-keys.md. */
  readonly directory: string;
  readonly source: {
    get(authorityId: string): SigningAuthority | undefined;
    all(): Iterable<SigningAuthority>;
  };
  /** For what an authority's `policy.json` leaves open. */
  readonly defaults: AuthorityPolicy;
  readonly clock: { now(): number };
  readonly log: { info(message: string): void; warn(message: string): void };
}

export interface SignerFigure {
  readonly authorityId: string;
  readonly algorithm: SignatureAlgorithm;
  /** Epoch ms. */
  readonly notAfter: number;
}

/** How often replaced files are looked for, ms. */
const FILES_INTERVAL = 2_000;
/** How often keys are tried that failed or lie in a device, ms. */
const KEYS_INTERVAL = 10_000;

const ANY: readonly SignatureAlgorithm[] = [];

/** Who signs for which authority: only with a certificate that the authority gave for it (RFC 6960, 4.2.2.2). */
export class ResponderSigners {
  readonly #options: ResponderSignersOptions;
  readonly #policies: AuthorityPolicies;
  readonly #signers = new Map<string, AuthoritySigners>();
  readonly #failures = new SigningFailures();
  readonly #credentials: SigningCredentials;
  readonly #files: Watch;
  readonly #keys: Watch;

  private constructor(options: ResponderSignersOptions, policies: AuthorityPolicies, credentials: SigningCredentials) {
    this.#options = options;
    this.#policies = policies;
    this.#credentials = credentials;
    this.#files = new Watch(() => this.#lookAtFiles(), FILES_INTERVAL);
    this.#keys = new Watch(() => this.#tryKeys(), KEYS_INTERVAL);
  }

  static async open(options: ResponderSignersOptions): Promise<ResponderSigners> {
    const { directory, defaults, clock, log } = options;
    const policies = new AuthorityPolicies({ directory, defaults, log });
    // First, so that no pair is accepted under another policy than its own.
    await policies.look({ patient: false });
    const credentials = await SigningCredentials.open({
      directory,
      clock,
      refusal: (review) => refusalOf(review, options, policies),
      onChange: (change) => say(change, log),
    });
    return new ResponderSigners(options, policies, credentials);
  }

  /** How answers about an authority's certificates are made; the same object until it changes. */
  policyOf(authorityId: string): AuthorityPolicy {
    return this.#policies.get(authorityId) ?? this.#options.defaults;
  }

  /**
   * @param preferred what the request would like best first; none of them: the algorithm of the authority's own folder
   * @returns undefined when nothing may sign for the authority now
   */
  signerOf(
    authority: SigningAuthority,
    now: number,
    preferred: readonly SignatureAlgorithm[] = ANY,
  ): ResponderSigner | undefined {
    return this.#signersOf(authority)?.choose(now, preferred);
  }

  /** The signer's key did not sign: red, until it does. */
  failed(signer: ResponderSigner, error: unknown): void {
    this.#failures.failed(signer.key, error);
  }

  /** The signer's key signed. */
  signed(signer: ResponderSigner): void {
    this.#failures.signed(signer.key);
  }

  /** Red while an authority has no signer, or a file was refused, or a key does not sign. */
  health(): HealthResult {
    const authorities = [...this.#options.source.all()];
    const problems = authorities.flatMap((authority) => this.#problemsOf(authority));
    if (problems.length === 0) return { ok: true, detail: `${authorities.length} authorities have a signer` };
    return { ok: false, detail: `${problems.join('; ')} (docs/runbooks/ocsp-signer-unavailable.md)` };
  }

  /** When the last certificate ends that lies ready for an authority and an algorithm. */
  figures(): readonly SignerFigure[] {
    return [...this.#options.source.all()].flatMap((authority) =>
      [...(this.#signersOf(authority)?.ends() ?? [])].map(([algorithm, notAfter]) => {
        return { authorityId: authority.authorityId, algorithm, notAfter };
      }),
    );
  }

  /** Looks at the files now. */
  refresh(): Promise<void> {
    return this.#files.now();
  }

  /** Lets keys sign for nothing that failed or that lie in a device. */
  tryKeys(): Promise<void> {
    return this.#keys.now();
  }

  async close(): Promise<void> {
    await Promise.all([this.#files.close(), this.#keys.close()]);
    await this.#credentials.close();
  }

  #signersOf(authority: SigningAuthority): AuthoritySigners | undefined {
    const { authorityId, certificate } = authority;
    const policy = this.#policies.get(authorityId);
    const pairs = this.#credentials.pairs(authorityId);
    const known = this.#signers.get(authorityId);
    const source = known?.source;
    if (source?.pairs === pairs && source.policy === policy && source.authority === certificate) return known;
    if (!policy) return undefined;
    const signers = new AuthoritySigners({ authority: certificate, policy, pairs }, known);
    this.#signers.set(authorityId, signers);
    return signers;
  }

  #problemsOf(authority: SigningAuthority): readonly string[] {
    const { authorityId } = authority;
    const now = this.#options.clock.now();
    const signers = this.#signersOf(authority);
    const problems = [
      this.#policies.problem(authorityId),
      this.#credentials.problems().get(authorityId),
      ...(signers?.problems(now) ?? []),
      ...(signers?.current(now) ?? []).map(({ key }) => this.#failures.of(key)),
    ].filter((problem) => problem !== undefined);
    if (problems.length === 0 && !signers?.choose(now, ANY)) problems.push(this.#advice(authorityId));
    return problems.map((problem) => `${authorityId}: ${problem}`);
  }

  #advice(authorityId: string): string {
    return `no signer; put key.pem and certificate.pem into ${join(this.#options.directory, authorityId)}`;
  }

  async #lookAtFiles(): Promise<void> {
    await this.#policies.look({ patient: true });
    await this.#credentials.refresh();
  }

  async #tryKeys(): Promise<void> {
    const { source, clock } = this.#options;
    const signers = [...source.all()].flatMap((authority) => {
      return this.#signersOf(authority)?.current(clock.now()) ?? [];
    });
    await this.#failures.tryAgain(signers.map(({ key }) => key));
  }
}

/** An authority that is not known yet cannot be asked: its pairs are checked before they sign for the first time. */
function refusalOf(
  { name, pair, inUse }: PairReview,
  { source, clock }: ResponderSignersOptions,
  policies: AuthorityPolicies,
): string | undefined {
  const authority = source.get(name)?.certificate;
  const policy = policies.get(name);
  if (!authority || !policy) return undefined;
  // One that has ended, or not begun, may lie there; it must only not take the place of one that signs.
  const ended = inUse.length > 0 && clock.now() > pair.certificate.notAfter;
  return whyRefused(pair.certificate, { authority, policy }, ended ? clock.now() : undefined);
}

function say({ name, pair, problem }: CredentialChange, log: ResponderSignersOptions['log']): void {
  if (problem !== undefined) return log.warn(`${name}: ${problem} (docs/runbooks/ocsp-signer-unavailable.md)`);
  const { notBefore, notAfter } = pair.certificate;
  const validity = [notBefore, notAfter].map((instant) => new Date(instant).toISOString()).join(' to ');
  log.info(`${name}: ${pair.credential.key.algorithm} key of ${join(name, pair.folder)} signs from ${validity}`);
}
