import type { RelyingParty, Role } from './relying-party.ts';

/** Why a client certificate is refused; the code goes to the caller and to the metric. */
export type CallerRefusal =
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
}

/** Who is who, in memory: fed by `relying-party-events`, asked on every call. */
export class RelyingPartyDirectory {
  #parties = new Map<string, RelyingParty>();
  #byFingerprint = new Map<string, HeldCredential>();
  #version = 0;
  readonly #followers = new Set<(party: RelyingParty) => void>();

  /** The same directory again: a copy that was given every later {@link put} as well says what the original says. */
  static from({ parties, byFingerprint }: RelyingPartyDirectoryImage): RelyingPartyDirectory {
    const directory = new RelyingPartyDirectory();
    directory.#parties = new Map(parties);
    directory.#byFingerprint = new Map(byFingerprint);
    return directory;
  }

  /** Counts the changes: what was learned at one version holds as long as it stands. */
  get version(): number {
    return this.#version;
  }

  /** @returns a view: to be copied or posted before the next change */
  image(): RelyingPartyDirectoryImage {
    return { parties: this.#parties, byFingerprint: this.#byFingerprint };
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

  get(code: string): RelyingParty | undefined {
    return this.#parties.get(code);
  }

  all(): IterableIterator<RelyingParty> {
    return this.#parties.values();
  }

  /** @param fingerprint SHA-256 of the client certificate, lower-case hex; undefined when none was presented */
  identify(fingerprint: string | undefined, now: number): CallerResult {
    if (fingerprint === undefined) return { refusal: 'client_certificate_missing' };
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
