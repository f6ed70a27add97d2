import type { CallerRefusal, RelyingParty, RelyingPartyDirectory } from '@kakunin/relying-parties';
import type { Refusal } from './refusal.ts';

/** How a request reached us. */
export type Connection =
  | { readonly listener: 'plain' }
  /** SHA-256 of the client certificate, lower-case hex. */
  | { readonly listener: 'mtls'; readonly fingerprint: string | undefined };

export type Callers = Pick<RelyingPartyDirectory, 'identify' | 'get' | 'standsBehind' | 'all'>;

export interface CallerInput {
  readonly connection: Connection;
  /** Code in the path; empty when the platform provider asks for itself. */
  readonly serviceProvider: string;
  readonly now: number;
}

/** Step 1: who asks, and may they ask for this service provider? */
export class CallerIdentification {
  readonly #callers: Callers;
  readonly #plainCaller: string | undefined;

  /** @param plainCaller code of the platform provider that plain calls count for */
  constructor(callers: Callers, plainCaller: string | undefined) {
    this.#callers = callers;
    this.#plainCaller = plainCaller;
  }

  identify({ connection, serviceProvider, now }: CallerInput): { readonly platformProvider: string } | Refusal {
    const caller = connection.listener === 'plain' ? this.#plain() : this.#authenticated(connection.fingerprint, now);
    if (typeof caller === 'string') return { refusal: this.#nobodyIsKnown() ? 'not_ready' : caller };
    if (!caller.roles.has('platform_provider')) return { refusal: 'caller_not_permitted' };
    if (serviceProvider !== '' && !this.#callers.standsBehind(serviceProvider, caller.code)) {
      return { refusal: 'service_provider_unknown' };
    }
    return { platformProvider: caller.code };
  }

  #authenticated(fingerprint: string | undefined, now: number): IdentifiedCaller | CallerRefusal {
    const result = this.#callers.identify(fingerprint, now);
    return 'refusal' in result ? result.refusal : result.caller;
  }

  #plain(): IdentifiedCaller | 'caller_not_permitted' {
    const party = this.#plainCaller === undefined ? undefined : this.#callers.get(this.#plainCaller);
    return party ? { code: party.code, roles: new Set(party.roles) } : 'caller_not_permitted';
  }

  /** Right after a start the registrations have not been read yet: nobody may be turned away for that. */
  #nobodyIsKnown(): boolean {
    return this.#callers.all().next().done === true;
  }
}

interface IdentifiedCaller {
  readonly code: string;
  readonly roles: ReadonlySet<RelyingParty['roles'][number]>;
}
