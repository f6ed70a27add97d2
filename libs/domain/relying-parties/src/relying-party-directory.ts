import type { RelyingParty, Role } from './relying-party.ts';

/** Why a client certificate is refused; the code goes to the caller and to the metric. */
export type CallerRefusal =
  /** The directory is not {@link RelyingPartyDirectory.isComplete complete} yet: nobody is known, and nobody unknown. */
  | 'not_ready'
  | 'client_certificate_missing'
  | 'client_certificate_unknown'
  | 'client_certificate_expired'
  | 'client_certificate_revoked';

export interface Caller {
  readonly code: string;
  readonly roles: ReadonlySet<Role>;
  /** Until when the credential is valid, epoch ms. */
  readonly notAfter: number;
}

export type CallerResult = { readonly caller: Caller } | { readonly refusal: CallerRefusal };

interface HeldCredential {
  readonly party: RelyingParty;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly revoked: boolean;
}

/** A directory at one moment, as it can be posted to another thread: {@link RelyingPartyDirectory.from} reads it. */
export interface RelyingPartyDirectoryImage {
  readonly parties: ReadonlyMap<string, RelyingParty>;
  readonly byFingerprint: ReadonlyMap<string, HeldCredential>;
  readonly isComplete: boolean;
}

/** Who is who, in memory: fed by `relying-party-events`, asked on every call. */
export class RelyingPartyDirectory {
  #parties = new Map<string, RelyingParty>();
  #byFingerprint = new Map<string, HeldCredential>();
  #version = 0;
  #isComplete = false;
  readonly #followers = new Set<(party: RelyingParty) => void>();
  readonly #completion = Promise.withResolvers<void>();

  /** The same directory again: a copy that was given every later {@link put} as well says what the original says. */
  static from({ parties, byFingerprint, isComplete }: RelyingPartyDirectoryImage): RelyingPartyDirectory {
    const directory = new RelyingPartyDirectory();
    if (isComplete) directory.complete();
    directory.#parties = new Map(parties);
    directory.#byFingerprint = new Map(byFingerprint);
    return directory;
  }

  /** Counts the changes: what was learned at one version holds as long as it stands. */
  get version(): number {
    return this.#version;
  }

  /** Everything registered before this process began is here: only from then on is somebody known, or unknown. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** @returns a view: to be copied or posted before the next change */
  image(): RelyingPartyDirectoryImage {
    return { parties: this.#parties, byFingerprint: this.#byFingerprint, isComplete: this.#isComplete };
  }

  /**
   * Tells of each party that is put from now on.
   * @returns how to stop
   */
  follow(follower: (party: RelyingParty) => void): () => void {
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }

  /**
   * Takes the newest state of a party; credentials that it no longer names are forgotten. A credential stays with the
   * party that was first put with it, until it is revoked: the operator of the configuration is not locked out by
   * registering his own certificate for somebody else, and is by withdrawing it.
   */
  put(party: RelyingParty): void {
    const isOfAnother = (fingerprint: string): boolean =>
      (this.#byFingerprint.get(fingerprint)?.party.code ?? party.code) !== party.code;
    for (const { fingerprint } of this.#parties.get(party.code)?.credentials ?? []) {
      if (!isOfAnother(fingerprint)) this.#byFingerprint.delete(fingerprint);
    }
    this.#parties.set(party.code, party);
    for (const { fingerprint, notBefore, notAfter, revokedAt } of party.credentials) {
      if (revokedAt === undefined && isOfAnother(fingerprint)) continue;
      this.#byFingerprint.set(fingerprint, { party, notBefore, notAfter, revoked: revokedAt !== undefined });
    }
    this.#version += 1;
    for (const follower of this.#followers) follower(party);
  }

  /** Resolves once the directory {@link isComplete}. */
  get whenComplete(): Promise<void> {
    return this.#completion.promise;
  }

  /** Says that the directory {@link isComplete}. */
  complete(): void {
    this.#isComplete = true;
    this.#completion.resolve();
  }

  get(code: string): RelyingParty | undefined {
    return this.#parties.get(code);
  }

  all(): IterableIterator<RelyingParty> {
    return this.#parties.values();
  }

  /** @param fingerprint SHA-256 of the client certificate, lower-case hex; undefined when none was presented */
  identify(fingerprint: string | undefined, now: number): CallerResult {
    if (fingerprint === undefined) return { refusal: 'client_certificate_missing' };
    if (!this.#isComplete) return { refusal: 'not_ready' };
    const found = this.#byFingerprint.get(fingerprint);
    if (!found) return { refusal: 'client_certificate_unknown' };
    if (found.revoked) return { refusal: 'client_certificate_revoked' };
    if (now < found.notBefore || now > found.notAfter) return { refusal: 'client_certificate_expired' };
    const { party, notAfter } = found;
    return { caller: { code: party.code, roles: new Set(party.roles), notAfter } };
  }

  /** True when the service provider is registered and stands behind this platform provider. */
  standsBehind(serviceProvider: string, platformProvider: string): boolean {
    const party = this.#parties.get(serviceProvider);
    return party?.kind === 'service_provider' && party.platformProvider === platformProvider;
  }
}
