import type { Listener, Service } from '@kakunin/runtime';
import { crlPublisherConfig, type CrlPublisherConfig } from './config.ts';
import { CrlPublisherModule } from './crl-publisher.module.ts';
import { fastHost } from './serving/fast/fast-host.ts';

type ApiOptions = Pick<CrlPublisherConfig, 'apiHost' | 'apiPort' | 'apiCertificateFile' | 'apiKeyFile'>;

/** Only for callers with a client certificate, so that there is none without TLS. */
const api = ({ apiHost: host, apiPort: port, apiCertificateFile, apiKeyFile }: ApiOptions): readonly Listener[] =>
  apiCertificateFile !== undefined && apiKeyFile !== undefined
    ? [{ name: 'api', host, port, tls: { certificateFile: apiCertificateFile, keyFile: apiKeyFile } }]
    : [];

/** Makes the free CRLs and serves them to everybody. */
export const crlPublisher: Service<typeof crlPublisherConfig> = {
  name: 'crl-publisher',
  config: crlPublisherConfig,
  module: (config) => CrlPublisherModule.register(config),
  listeners: ({ publicHost: host, publicPort: port, ...config }) => [{ name: 'public', host, port }, ...api(config)],
  host: fastHost,
};
