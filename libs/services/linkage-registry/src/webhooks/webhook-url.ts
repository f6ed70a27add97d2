import { isIP } from 'node:net';
import { RegistryError } from '../registry-error.ts';
import { type AddressRule, isAllowedAddress } from './public-address.ts';

const LONGEST = 2_000;

/**
 * Reads the address of an endpoint: https, no user, no fragment; when it is a number it must be public. What a name
 * points to is checked with every connection.
 * @throws RegistryError `webhook_url_refused`
 */
export function webhookUrlOf(text: string, rule: AddressRule): URL {
  const url = URL.parse(text);
  if (!url || text.length > LONGEST) throw refused('It is no URL.');
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    throw refused('It must hold no user, no password and no fragment.');
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isHere = rule.allowLoopback && (host === 'localhost' || (isIP(host) !== 0 && isAllowedAddress(host, rule)));
  if (url.protocol !== 'https:' && !(isHere && url.protocol === 'http:')) throw refused('It must begin with https.');
  if (isIP(host) !== 0 && !isAllowedAddress(host, rule)) throw refused('It must be out on the internet.');
  return url;
}

const refused = (why: string): RegistryError =>
  new RegistryError('webhook_url_refused', `Webhooks are not sent to that address. ${why}`);
