import { createServer } from 'node:net';

/** Every listener of the four services, by the variable that sets its port. */
export const PORTS = [
  'REGISTRY_API_PORT',
  'REGISTRY_MANAGEMENT_PORT',
  'OCSP_MTLS_PORT',
  'OCSP_PLAIN_PORT',
  'OCSP_MANAGEMENT_PORT',
  'CRL_PUBLIC_PORT',
  'CRL_API_PORT',
  'CRL_MANAGEMENT_PORT',
  'BILLING_API_PORT',
  'BILLING_STATUS_PORT',
  'BILLING_MANAGEMENT_PORT',
] as const;
export type Ports = Readonly<Record<(typeof PORTS)[number], number>>;

export const portVariables = (ports: Ports): Record<string, string> =>
  Object.fromEntries(PORTS.map((name) => [`KAKUNIN_${name}`, String(ports[name])]));

/** Each takes any free one: suites run side by side. */
export const ANY_PORTS = portVariables(Object.fromEntries(PORTS.map((name) => [name, 0])) as unknown as Ports);

/** Ports that were free a moment ago: for processes that must be asked before they say where they listen. */
export async function freePorts(): Promise<Ports> {
  const servers = await Promise.all(
    PORTS.map(
      (name) =>
        new Promise<{ name: string; port: number; close: () => void }>((resolve, reject) => {
          const server = createServer().once('error', reject);
          server.listen(0, '127.0.0.1', () =>
            resolve({ name, port: (server.address() as { port: number }).port, close: () => server.close() }),
          );
        }),
    ),
  );
  for (const { close } of servers) close();
  return Object.fromEntries(servers.map(({ name, port }) => [name, port])) as unknown as Ports;
}
