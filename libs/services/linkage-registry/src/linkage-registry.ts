import type { Service } from '@kakunin/runtime';
import { linkageRegistryConfig } from './config.ts';
import { LinkageRegistryModule } from './linkage-registry.module.ts';

/** An import may be a nation's whole register: the longest time that a CA may take to send one. */
const UPLOAD_LIMIT_MS = 24 * 3_600_000;

/** Knows authorities, certificates, persons and relying parties, and tells the others through the event log. */
export const linkageRegistry: Service<typeof linkageRegistryConfig> = {
  name: 'linkage-registry',
  config: linkageRegistryConfig,
  module: (config) => LinkageRegistryModule.register(config),
  listeners: ({ apiHost: host, apiPort: port, apiCertificateFile: certificateFile, apiKeyFile: keyFile }) => [
    { name: 'api', host, port, requestLimitMs: UPLOAD_LIMIT_MS, tls: { certificateFile, keyFile } },
  ],
};
