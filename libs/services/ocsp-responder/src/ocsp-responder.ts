import type { Service } from '@kakunin/runtime';
import { config } from './config.ts';
import { OcspResponderModule } from './ocsp-responder.module.ts';

/** A request is a few hundred octets: whoever needs longer for it only holds a connection. */
const requestLimitMs = 30_000;

/** Answers OCSP requests from memory, and counts each answer before it leaves. */
export const ocspResponder: Service<typeof config> = {
  name: 'ocsp-responder',
  config,
  module: (values) => OcspResponderModule.register(values),
  listeners: ({ mtlsHost, mtlsPort, tlsCertificateFile, tlsKeyFile, plainHost, plainPort, plainCaller }) => [
    {
      name: 'mtls',
      host: mtlsHost,
      port: mtlsPort,
      requestLimitMs,
      tls: { certificateFile: tlsCertificateFile, keyFile: tlsKeyFile },
    },
    ...(plainCaller === undefined ? [] : [{ name: 'plain', host: plainHost, port: plainPort, requestLimitMs }]),
  ],
};
