import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { System } from './system.ts';

/** Writes `.kakunin/cli.json`, so that `npx kakunin` finds the services and calls as the operator. */
export function writeCliProfile({ layout, tls, services, sandbox }: Omit<System, 'close'>): void {
  const inside = (file: string): string => relative(layout.root, file);
  const { registry, meter, responder, publisher } = services;
  const provider = sandbox?.describe().platformProvider;
  const profile = {
    registryUrl: `https://localhost:${registry.ports['api']}`,
    billingUrl: `https://localhost:${meter.ports['api']}`,
    publisherUrl: `https://localhost:${publisher.ports['api']}`,
    ...(responder.ports['plain'] && { ocspUrl: `http://127.0.0.1:${responder.ports['plain']}/ocsp` }),
    ocspMtlsUrl: `https://localhost:${responder.ports['mtls']}/ocsp`,
    crlUrl: `http://127.0.0.1:${publisher.ports['public']}/crl`,
    caFile: inside(tls.caFile),
    clientCertificateFile: inside(tls.operator.certificateFile),
    clientKeyFile: inside(tls.operator.keyFile),
    ...(provider && {
      platformProvider: {
        code: provider.code,
        certificateFile: inside(provider.certificateFile),
        keyFile: inside(provider.keyFile),
      },
    }),
  };
  writeFileSync(layout.cliProfile, `${JSON.stringify(profile, undefined, 2)}\n`);
}
