import { OcspClientError } from './ocsp-client-error.ts';
import type { StatusCheck } from './status-check.ts';

/**
 * `/ocsp`, `/ocsp/{service provider}`, `/ocsp/{service provider}/{purpose}`.
 * @throws OcspClientError `invalid_input`
 */
export function addressOf(responder: URL, { serviceProvider, purpose, identifyAs }: StatusCheck): URL {
  if (serviceProvider === undefined && purpose !== undefined)
    throw new OcspClientError('invalid_input', '`purpose` needs `serviceProvider`.');
  if (serviceProvider === undefined && identifyAs !== undefined)
    throw new OcspClientError('invalid_input', '`identifyAs` needs `serviceProvider`.');
  const url = new URL(responder);
  for (const part of [serviceProvider, purpose]) if (part !== undefined) url.pathname += `/${encodeURIComponent(part)}`;
  return url;
}
