import { join, relative } from 'node:path';
import { billingPeriodOf } from '@kakunin/calendar';
import { systemClock } from '@kakunin/runtime';
import type { Sandbox, SandboxDescription } from '@kakunin/sandbox';
import type { Services, System } from './system.ts';

const here = (file: string): string => relative(process.cwd(), file) || '.';

/** What the newcomer reads when everything answers: addresses, and commands to paste. */
export function welcome({ services, layout, sandbox }: System): string {
  const page = `http://127.0.0.1:${services.publisher.ports['public']}`;
  const profile = here(layout.cliProfile);
  const lines = [
    '',
    'Kakunin 確認 is ready.',
    '',
    ...addresses(services, page, sandbox !== undefined),
    row('Data', `${here(layout.root)}/`),
    '',
    'Is all well? (Also on these ports: /livez, /metrics.)',
    '',
    ...Object.values(services).map(({ name, managementPort }) =>
      row(name, `http://127.0.0.1:${managementPort}/readyz?verbose`),
    ),
    '',
    ...(sandbox ? ['Try it, in another terminal in this folder:', ''] : empty),
    // Elsewhere the command line does not find it by itself.
    ...(profile === DEFAULT_PROFILE ? [] : [`  export KAKUNIN_PROFILE=${profile}`, '']),
    ...(sandbox ? story(sandbox, `http://127.0.0.1:${services.responder.ports['plain']}/ocsp`, page) : register),
    '',
    `More: npx kakunin --help. Ctrl-C stops it and keeps the data; remove ${here(layout.root)}/ to begin anew.`,
    '',
  ];
  return `${lines.join('\n')}\n`;
}

const DEFAULT_PROFILE = join('.kakunin', 'cli.json');

const row = (name: string, value: string): string => `  ${name.padEnd(18)}${value}`;

const addresses = ({ registry, responder, meter }: Services, page: string, isSandbox: boolean): string[] => [
  row('Status page', `${page}/`),
  row('CRLs', `${page}/crl/manifest.json`),
  ...(isSandbox ? [row('OCSP (sandbox)', `http://127.0.0.1:${responder.ports['plain']}/ocsp`)] : []),
  row('OCSP (mTLS)', `https://localhost:${responder.ports['mtls']}/ocsp`),
  row('Registry (mTLS)', `https://localhost:${registry.ports['api']}/`),
  row('Billing (mTLS)', `https://localhost:${meter.ports['api']}/`),
];

const empty = ['There is no sandbox. Register an authority, then import what it issued and revoked:', ''];
const register = ['  npx kakunin authority register --help', '  npx kakunin certificates import --help'];

/** The newcomer's story, to paste. */
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
  ];
}
