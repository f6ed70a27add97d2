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
}

export type CallerResult = { readonly caller: Caller } | { readonly refusal: CallerRefusal };

/** Who is who, in memory: fed by `relying-party-events`, asked on every call. */
export class RelyingPartyDirectory {
  readonly #parties = new Map<string, RelyingParty>();
  readonly #byFingerprint = new Map<
    string,
    { party: RelyingParty; notBefore: number; notAfter: number; revoked: boolean }
  >();

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
    return { caller: { code: found.party.code, roles: new Set(found.party.roles) } };
  }

  /** True when the service provider is registered and stands behind this platform provider. */
  standsBehind(serviceProvider: string, platformProvider: string): boolean {
    const party = this.#parties.get(serviceProvider);
    return party?.kind === 'service_provider' && party.platformProvider === platformProvider;
  }
}
