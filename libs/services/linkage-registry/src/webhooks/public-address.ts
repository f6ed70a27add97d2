import { lookup as resolve, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Addresses that are not of the public internet: IANA's special-purpose registries (RFC 6890 and successors). */
const SPECIAL: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];
/** Of IPv6 only global unicast is public, less what stands for something else: documentation, Teredo, 6to4, SRv6. */
const GLOBAL_UNICAST = '2000::/3';
const SPECIAL_IPV6: readonly string[] = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const special = blockListOf([...SPECIAL, ...SPECIAL_IPV6]);
const globalUnicast = blockListOf([GLOBAL_UNICAST]);
const loopback = blockListOf(['127.0.0.0/8', '::1/128']);

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** True for an address out on the internet, where a webhook may be sent without reaching into our own networks. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !special.check(address, 'ipv4');
  return isIP(address) === 6 && globalUnicast.check(address, 'ipv6') && !special.check(address, 'ipv6');
}

export const isLoopbackAddress = (address: string): boolean =>
  isIP(address) !== 0 && loopback.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');

/** What may be connected to. */
export interface AddressRule {
  /** For development: this machine itself, and over plain HTTP. */
  readonly allowLoopback: boolean;
}

export const isAllowedAddress = (address: string, { allowLoopback }: AddressRule): boolean =>
  isPublicAddress(address) || (allowLoopback && isLoopbackAddress(address));

/**
 * Resolves names for connections, and refuses a name of which any address is not allowed. As the addresses that are checked
 * are those that are connected to, a name that points elsewhere by the time of the call (DNS rebinding) gains nothing.
 */
export const guardedLookup =
  (rule: AddressRule, resolveAll: typeof resolve = resolve): LookupFunction =>
  (hostname, options, callback) => {
    resolveAll(hostname, { ...options, all: true }, (error, found) => {
      const addresses: readonly LookupAddress[] = found;
      const [first] = addresses ?? [];
      if (error) return callback(error, []);
      if (!first || !addresses.every(({ address }) => isAllowedAddress(address, rule))) {
        return callback(new Error('The name points to an address that webhooks are not sent to.'), []);
      }
      if (options.all) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };
