import { randomBytes } from 'node:crypto';
import { OcspClientError } from './ocsp-client-error.ts';
import type { OcspClientOptions } from './ocsp-client-options.ts';

type Defaulted = Required<Omit<OcspClientOptions, 'url' | 'tls' | 'keepAlive' | 'crl' | 'onReceipts' | 'receiptsFile'>>;
/** Options with their defaults. */
export interface Settings extends Defaulted {
  /** Its path ends without a slash. */
  readonly url: URL;
}

const DEFAULTS: Defaulted = {
  server: 'kakunin',
  timeoutMs: 10_000,
  tryTimeoutMs: 3_000,
  retries: 2,
  clockSkewMs: 60_000,
  maxAgeMs: 15 * 60_000,
  hashAlgorithm: 'sha256',
  responderWithoutNoCheck: 'refuse',
  clock: { now: () => Date.now() },
  random: randomBytes,
};

/** @throws OcspClientError `invalid_input` */
export function settingsOf({ url, ...options }: OcspClientOptions): Settings {
  const names = Object.keys(DEFAULTS) as (keyof Defaulted)[];
  const chosen = Object.fromEntries(names.map((name) => [name, options[name] ?? DEFAULTS[name]]));
  const settings = { ...(chosen as unknown as Defaulted), url: httpUrl('url', url) };
  for (const name of ['timeoutMs', 'tryTimeoutMs', 'retries', 'clockSkewMs', 'maxAgeMs'] as const) {
    if (!(settings[name] >= 0)) throw new OcspClientError('invalid_input', `\`${name}\` is not a number from 0.`);
  }
  return settings;
}

/** @throws OcspClientError `invalid_input` */
export function httpUrl(name: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new OcspClientError('invalid_input', `\`${name}\` is no http: or https: address.`);
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}
