import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { clientFingerprintOf } from '@kakunin/callers/client-certificate';
import type { Clock } from '@kakunin/calendar';
import type { RelyingPartyDirectory } from '@kakunin/relying-parties';
import type { CallerConnection } from '../answering/caller-connection.ts';
import type { CallerLimits } from '../answering/caller-limits.ts';
import { BoundedMap } from '../signing/bounded-map.ts';
import { fingerprintInHeader } from './client-certificate-header.ts';
import type { Figures } from './figures.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

export interface ClientConnectionsInput {
  readonly directory: Pick<RelyingPartyDirectory, 'identify'>;
  readonly limits: Pick<CallerLimits, 'slotOf' | 'slotOfAddress' | 'connect' | 'disconnect'>;
  readonly figures: Pick<Figures, 'refused'>;
  readonly clock: Clock;
  readonly trustedProxies: TrustedProxies | undefined;
}

/** Clients behind proxies whose certificates are remembered. */
const PROXIED = 10_000;
/** What no certificate has, for a header that holds none. */
const NO_FINGERPRINT = '';

/** Who is at the other end: looked at once for each connection, and once for each certificate that a proxy passes on. */
export class ClientConnections {
  readonly #input: ClientConnectionsInput;
  /** `null`: one more than its caller may hold. */
  readonly #bySocket = new WeakMap<Socket, CallerConnection | null>();
  readonly #byHeader = new BoundedMap<CallerConnection>(PROXIED);

  constructor(input: ClientConnectionsInput) {
    this.#input = input;
  }

  /** @returns undefined when the caller holds too many connections: the request is refused, and its connection closed */
  callerOf({ socket, headers }: IncomingMessage, listener: 'plain' | 'mtls'): CallerConnection | undefined {
    const connection = this.ofSocket(socket, listener);
    const header = headers['client-cert'];
    if (!connection || header === undefined || !this.#isProxy(socket, listener)) return connection;
    const value = String(header);
    const known = this.#byHeader.get(value);
    if (known) return known;
    const proxied = callerWith('mtls', fingerprintInHeader(value) ?? NO_FINGERPRINT);
    this.#byHeader.set(value, proxied);
    return proxied;
  }

  /** The same for a connection whose requests have no header that says who calls. */
  ofSocket(socket: Socket, listener: 'plain' | 'mtls'): CallerConnection | undefined {
    const known = this.#bySocket.get(socket);
    if (known !== undefined) return known ?? undefined;
    const connection = this.#look(socket, listener);
    this.#bySocket.set(socket, connection ?? null);
    return connection;
  }

  #look(socket: Socket, listener: 'plain' | 'mtls'): CallerConnection | undefined {
    // Whoever is behind a proxy that may say so is known by his certificate, or not at all.
    if (this.#isProxy(socket, listener)) return callerWith('mtls', undefined);
    const connection = { ...callerWith(listener, clientFingerprintOf({ socket })), address: socket.remoteAddress };
    if (listener === 'plain') return connection;
    const slot = this.#slotOf(connection);
    const { limits, figures } = this.#input;
    if (!limits.connect(slot)) {
      figures.refused('too_many_connections');
      return undefined;
    }
    socket.once('close', () => limits.disconnect(slot));
    return connection;
  }

  #slotOf({ fingerprint, address = '' }: CallerConnection): number {
    const { directory, limits, clock } = this.#input;
    const result = directory.identify(fingerprint, clock.now());
    return 'caller' in result ? limits.slotOf(result.caller.code) : limits.slotOfAddress(address);
  }

  #isProxy({ remoteAddress }: Socket, listener: 'plain' | 'mtls'): boolean {
    const { trustedProxies } = this.#input;
    return listener === 'plain' && remoteAddress !== undefined && trustedProxies?.includes(remoteAddress) === true;
  }
}

const callerWith = (listener: 'plain' | 'mtls', fingerprint: string | undefined): CallerConnection => ({
  listener,
  fingerprint,
  address: undefined,
  memo: undefined,
});
