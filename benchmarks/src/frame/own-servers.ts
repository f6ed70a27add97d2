/**
 * Servers of ours that are measured, each started in a process of its own by `main.js serve <name> <argument>…`. Loaded
 * only there, so that a server's process holds nothing else.
 */
export const OWN_SERVERS: Readonly<Record<string, (...parameters: string[]) => Promise<void>>> = {
  'ocsp-floor': async () => (await import('../ocsp/floor-server.ts')).serveFloor(),
  'ocsp-responder': async (...parameters) => {
    const [directory = '', dataDirectory = '', workers = '', requestsPerSecond = ''] = parameters;
    const { serveResponder } = await import('../ocsp/responder-server.ts');
    return serveResponder({ directory, dataDirectory, workers, requestsPerSecond });
  },
  'file-floor': async (file = '') => (await import('../crl/file-floor.ts')).serveFileFloor(file),
  'crl-publisher': async (directory = '') => (await import('../crl/publisher-server.ts')).servePublisher(directory),
  'billing-meter': async (...parameters) => {
    const [directory = '', databaseUrl = '', eventLogUrl = '', closingIntervalSeconds = '3600'] = parameters;
    const { serveMeter } = await import('../billing/meter-server.ts');
    return serveMeter({ directory, databaseUrl, eventLogUrl, closingIntervalSeconds });
  },
  'linkage-registry': async (directory = '', databaseUrl = '', eventLogUrl = '') =>
    (await import('../linkage/registry-server.ts')).serveRegistry({ directory, databaseUrl, eventLogUrl }),
  'identification-floor': async (directory = '') =>
    (await import('../linkage/identification-floor.ts')).serveIdentificationFloor(directory),
  // A thread, not a process: it reads the memory of the thread that started it.
  'index-reader': async () => (await import('../index/concurrent-reader.ts')).readConcurrently(),
};
export type OwnServer = keyof typeof OWN_SERVERS;
