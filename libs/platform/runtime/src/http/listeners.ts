import { readFileSync } from 'node:fs';
import type { RequestListener, Server } from 'node:http';
import { createSecureContext } from 'node:tls';
import { ConfigError } from '../config/config-error.ts';
import { environmentName } from '../config/define-config.ts';
import type { Listener, ListenerHost, PreparedListener, Service } from '../service.ts';
import { closeServer, createServer, drainServer, listen } from './http-server.ts';

/** Whose port it is, and where its options stand. */
type Listening = Pick<Service, 'name' | 'config'>;

/** On closing, what a server's connections have in hand besides gets this long. */
const DRAIN_LIMIT_MS = 5_000;

/** Connections that somebody else reads before a server does, as `@kakunin/http-fast-path`. */
interface TakenConnections {
  drain(): void;
  close(limitMs: number): Promise<void>;
}

/**
 * Lets a Nest application answer: HTTP and HTTPS servers in this thread, all leading to the same routes.
 * @param takeOver takes the connections of a server that does not listen yet
 */
export function hostOf(handle: RequestListener, takeOver?: (server: Server) => TakenConnections): ListenerHost {
  const opened: { readonly server: Server; readonly taken: TakenConnections | undefined }[] = [];
  return {
    async open(listeners) {
      const ports: Record<string, number> = {};
      for (const { name, host, port, requestLimitMs, tls } of listeners) {
        const server = createServer({ requestLimitMs, tls }, handle);
        const taken = takeOver?.(server);
        try {
          ports[name] = await listen(server, { host, port });
        } catch (error) {
          throw Object.assign(error as Error, { listener: name });
        }
        opened.push({ server, taken });
      }
      return ports;
    },
    drain() {
      for (const { server, taken } of opened) {
        drainServer(server);
        taken?.drain();
      }
    },
    async close() {
      await Promise.all(opened.flatMap(({ server, taken }) => [closeServer(server), taken?.close(DRAIN_LIMIT_MS)]));
    },
  };
}

/**
 * Opens a service's listeners at whoever answers.
 * @returns ports by listener name
 * @throws ConfigError when a port is taken or a TLS file cannot be used
 */
export async function openListeners(
  service: Listening,
  listeners: readonly Listener[],
  host: ListenerHost,
): Promise<Readonly<Record<string, number>>> {
  const prepared = listeners.map((listener) => prepare(service, listener));
  try {
    return await host.open(prepared);
  } catch (error) {
    const { listener: name } = error as { listener?: unknown };
    const failed = listeners.find((listener) => listener.name === name);
    throw failed ? explain(service, failed, error as NodeJS.ErrnoException) : error;
  }
}

function prepare(service: Listening, listener: Listener): PreparedListener {
  const { tls, ...rest } = listener;
  if (!tls) return rest;
  try {
    const pem = { cert: readFileSync(tls.certificateFile), key: readFileSync(tls.keyFile) };
    createSecureContext(pem);
    return { ...rest, tls: pem };
  } catch (error) {
    throw new ConfigError(service.name, [`TLS of listener "${listener.name}": ${(error as Error).message}`]);
  }
}

/** Why a port could not be listened on, in words of the configuration. */
export function explain(
  service: Listening,
  { name, host, port }: Pick<Listener, 'name' | 'host' | 'port'>,
  error: NodeJS.ErrnoException,
): Error {
  if (error.code === 'EADDRINUSE') {
    const key = `${name}Port`;
    const option = key in service.config.schema.shape ? ` with ${environmentName(service.config, key)}` : '';
    const advice = `Stop what uses it, or choose another port${option} (docs/reference/configuration.md).`;
    return new ConfigError(service.name, [`Port ${port} on ${host} (listener "${name}") is in use. ${advice}`]);
  }
  return error.code === 'EACCES'
    ? new ConfigError(service.name, [`Port ${port} (listener "${name}"): ${error.message}`])
    : error;
}
