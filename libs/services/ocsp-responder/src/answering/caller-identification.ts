import { ANONYMOUS } from '@kakunin/relying-parties';
import type { RelyingPartyDirectory, Role } from '@kakunin/relying-parties';
import type { OcspPath } from '../http/ocsp-path.ts';
import type { CallerConnection, CallerMemo, Customer, Identified } from './caller-connection.ts';
import type { CallerLimits } from './caller-limits.ts';
import type { RefusalCode } from './refusal.ts';

export interface CallerIdentificationInput {
  readonly directory: Pick<RelyingPartyDirectory, 'version' | 'identify' | 'isComplete' | 'get' | 'standsBehind'>;
  /** Code of the platform provider that plain calls without a certificate count for. */
  readonly plainCaller: string | undefined;
  readonly limits: Pick<CallerLimits, 'slotOf' | 'slotOfAddress' | 'admits'>;
}

/** A caller as long as the directory stands. */
export interface KnownCaller {
  readonly code: string;
  readonly roles: ReadonlySet<Role>;
  /** Of its request limit. */
  readonly slot: number;
  /** For the paths that it was found to be permitted; weak, because paths are forgotten when many were asked for. */
  readonly permitted: WeakMap<OcspPath, Identified>;
}

/** Step 1: who asks, may they ask for this service provider, and so often? */
export class CallerIdentification {
  readonly #input: CallerIdentificationInput;
  readonly #customers = new Map<string, Customer>();
  readonly #callers = new Map<string, KnownCaller>();
  #version = -1;

  constructor(input: CallerIdentificationInput) {
    this.#input = input;
  }

  /**
   * Costs two look-ups when a connection asks again. Counts the request towards the caller's limit, or towards that of the
   * address where somebody asks from who is not known.
   */
  identify(connection: CallerConnection, path: OcspPath, now: number): Identified {
    const { memo } = connection;
    const caller = memo && this.#holds(memo, now) ? memo.caller : this.#callerOf(connection, now);
    if (typeof caller === 'string') return this.#refuse(caller, connection, now);
    if (!this.#input.limits.admits(caller.slot, now)) return refused('rate_limited');
    return caller.permitted.get(path) ?? this.#permit(caller, path);
  }

  /** Whoever asks an authority that is open to everybody, after `identify` missed his certificate. */
  anonymous(path: OcspPath): Identified {
    if (path.serviceProvider !== '') return refused('client_certificate_missing');
    return { customer: this.#customerOf(ANONYMOUS, path), refusal: undefined };
  }

  #holds(memo: CallerMemo, now: number): boolean {
    return memo.version === this.#input.directory.version && now >= memo.from && now <= memo.until;
  }

  #callerOf(connection: CallerConnection, now: number): KnownCaller | RefusalCode {
    const found = this.#find(connection, now);
    if (typeof found === 'string') return found;
    const { version } = this.#input.directory;
    if (version !== this.#version) this.#callers.clear();
    this.#version = version;
    const { code, roles, notAfter } = found;
    let caller = this.#callers.get(code);
    if (!caller) {
      caller = { code, roles, slot: this.#input.limits.slotOf(code), permitted: new WeakMap() };
      this.#callers.set(code, caller);
    }
    connection.memo = { version, from: now, until: notAfter, caller };
    return caller;
  }

  #find({ listener, fingerprint }: CallerConnection, now: number): FoundCaller | RefusalCode {
    const { directory, plainCaller } = this.#input;
    const named = listener === 'plain' && plainCaller !== ANONYMOUS ? plainCaller : undefined;
    if (fingerprint !== undefined || named === undefined) {
      const result = directory.identify(fingerprint, now);
      return 'refusal' in result ? result.refusal : result.caller;
    }
    if (!directory.isComplete) return 'not_ready';
    const party = directory.get(named);
    return party ? { code: party.code, roles: new Set(party.roles), notAfter: Infinity } : 'caller_not_permitted';
  }

  #permit(caller: KnownCaller, path: OcspPath): Identified {
    const { code, roles, permitted } = caller;
    if (!roles.has('platform_provider')) return refused('caller_not_permitted');
    const { serviceProvider } = path;
    if (serviceProvider !== '' && !this.#input.directory.standsBehind(serviceProvider, code)) {
      return refused('service_provider_unknown');
    }
    const identified = { customer: this.#customerOf(code, path), refusal: undefined };
    permitted.set(path, identified);
    return identified;
  }

  #customerOf(platformProvider: string, { serviceProvider, purpose }: OcspPath): Customer {
    const key = `${platformProvider}/${serviceProvider}/${purpose}`;
    const known = this.#customers.get(key);
    if (known) return known;
    const customer = { platformProvider, serviceProvider, purpose, charged: platformProvider !== ANONYMOUS };
    this.#customers.set(key, customer);
    return customer;
  }

  #refuse(refusal: RefusalCode, { address }: CallerConnection, now: number): Identified {
    const { limits } = this.#input;
    if (address !== undefined && !limits.admits(limits.slotOfAddress(address), now)) return refused('rate_limited');
    return refused(refusal);
  }
}

interface FoundCaller {
  readonly code: string;
  readonly roles: ReadonlySet<Role>;
  /** Epoch ms. */
  readonly notAfter: number;
}

const refused = (refusal: RefusalCode): Identified => ({ customer: undefined, refusal });
