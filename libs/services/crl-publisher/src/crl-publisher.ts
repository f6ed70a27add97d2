import type { Service } from '@kakunin/runtime';
import { crlPublisherConfig } from './config.ts';
import { CrlPublisherModule } from './crl-publisher.module.ts';

/** Makes the free CRLs and serves them to everybody. */
export const crlPublisher: Service<typeof crlPublisherConfig> = {
  name: 'crl-publisher',
  config: crlPublisherConfig,
  module: (config) => CrlPublisherModule.register(config),
  listeners: ({ publicHost: host, publicPort: port }) => [{ name: 'public', host, port }],
};
