import { relative } from 'node:path';
import { billingPeriodOf } from '@kakunin/calendar';
import { systemClock } from '@kakunin/runtime';
import type { Sandbox, SandboxDescription } from '@kakunin/sandbox';
import type { System } from './system.ts';

const here = (file: string): string => relative(process.cwd(), file) || '.';

/** What the newcomer reads when everything answers: addresses, and commands to paste. */
export function welcome({ services, layout, sandbox }: System): string {
  const { registry, meter, responder, publisher } = services;
  const page = `http://127.0.0.1:${publisher.ports['public']}`;
  const lines = [
    '',
    'Kakunin 確認 is ready.',
    '',
    `  Status page     ${page}/`,
    `  CRLs            ${page}/crl/manifest.json`,
    ...(responder.ports['plain'] ? [`  OCSP (sandbox)  http://127.0.0.1:${responder.ports['plain']}/ocsp`] : []),
    `  OCSP (mTLS)     https://localhost:${responder.ports['mtls']}/ocsp`,
    `  Registry API    https://localhost:${registry.ports['api']}/   (mTLS)`,
    `  Billing API     https://localhost:${meter.ports['api']}/   (mTLS)`,
    `  Health          ${[registry, responder, publisher, meter].map(({ managementPort }) => `http://127.0.0.1:${managementPort}/readyz?verbose`).join('\n                  ')}`,
    `  Data            ${here(layout.root)}/`,
    '',
    ...(sandbox ? story(sandbox, `http://127.0.0.1:${responder.ports['plain']}/ocsp`, page) : empty()),
    'Ctrl-C stops it; the data stays.',
    '',
  ];
  return `${lines.join('\n')}\n`;
}

const empty = (): string[] => [
  'The sandbox is off: register an authority with "npx kakunin authority register --help".',
  '',
];

/** The newcomer's story, to paste into another terminal in this folder. */
function story(sandbox: Sandbox, ocspUrl: string, page: string): string[] {
  const { certificates, serviceProviders } = sandbox.describe();
  const specimen = (name: string): SandboxDescription['certificates'][string] => {
    const found = certificates[name];
    if (!found) throw new Error(`The sandbox has no certificate ${name}.`);
    return found;
  };
  const valid = specimen('signature-valid');
  const [issuer, certificate, crl] = [here(valid.issuerFile), here(valid.certificateFile), `${valid.authorityId}.crl`];
  const identify = (name: string): string => {
    const { certificateFile, keyFile } = specimen(name);
    return `  npx kakunin identify --certificate ${here(certificateFile)} --key ${here(keyFile)} --service-provider ${serviceProviders[0]}`;
  };
  return [
    'Try it, in another terminal:',
    '',
    '  # Is the certificate valid? Revoke it, and ask again.',
    `  openssl ocsp -issuer ${issuer} -cert ${certificate} -CAfile ${issuer} -url ${ocspUrl}/${serviceProviders[0]}`,
    `  npx kakunin certificate revoke --certificate ${certificate} --reason keyCompromise`,
    '',
    '  # The CRL, free for everyone.',
    `  curl -sO ${page}/crl/${crl} && openssl crl -inform DER -in ${crl} -noout -CAfile ${issuer} -verify`,
    '',
    '  # What was charged.',
    `  npx kakunin billing export ${billingPeriodOf(systemClock.now())}`,
    '',
    '  # One name for the person, before and after renewal.',
    identify('user-authentication-before-renewal'),
    identify('user-authentication-after-renewal'),
    '',
  ];
}
