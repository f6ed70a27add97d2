import type { Service } from '@kakunin/runtime';
import { config } from './config.ts';
import { OcspResponderModule } from './ocsp-responder.module.ts';
import { WorkerPool } from './pool/worker-pool.ts';

/** Answers OCSP requests from memory, in worker threads, and counts each answer before it leaves. */
export const ocspResponder: Service<typeof config> = {
  name: 'ocsp-responder',
  config,
  module: (values) => OcspResponderModule.register(values),
  listeners({ mtlsHost, mtlsPort, tlsCertificateFile, tlsKeyFile, plainHost, plainPort, plainCaller, trustedProxies }) {
    const tls = { certificateFile: tlsCertificateFile, keyFile: tlsKeyFile };
    const mtls = { name: 'mtls', host: mtlsHost, port: mtlsPort, tls };
    const isPlainOpen = plainCaller !== undefined || trustedProxies !== undefined;
    return isPlainOpen ? [mtls, { name: 'plain', host: plainHost, port: plainPort }] : [mtls];
  },
  host: (app) => app.get(WorkerPool, { strict: false }),
};
