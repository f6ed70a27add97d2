import type { Service } from '@kakunin/runtime';
import { linkageRegistryConfig } from './config.ts';
import { LinkageRegistryModule } from './linkage-registry.module.ts';

/** Knows authorities, certificates, persons and relying parties, and tells the others through the event log. */
export const linkageRegistry: Service<typeof linkageRegistryConfig> = {
  name: 'linkage-registry',
  config: linkageRegistryConfig,
  module: (config) => LinkageRegistryModule.register(config),
  listeners: ({ apiHost: host, apiPort: port, apiCertificateFile: certificateFile, apiKeyFile: keyFile }) => [
    { name: 'api', host, port, tls: { certificateFile, keyFile } },
  ],
};
