import { BlockList, isIP } from 'node:net';

/** The addresses from where a header may say who calls. */
export interface TrustedProxies {
  includes(address: string): boolean;
}

/**
 * @param text addresses and CIDR blocks, separated by commas
 * @returns undefined when one of them is none
 */
export function parseTrustedProxies(text: string): TrustedProxies | undefined {
  const list = new BlockList();
  for (const entry of text.split(',').map((part) => part.trim())) {
    const [address = '', length, ...rest] = entry.split('/');
    const family = FAMILIES.get(isIP(address));
    if (!family || rest.length > 0) return undefined;
    if (length === undefined) list.addAddress(address, family.name);
    else if (/^\d{1,3}$/.test(length) && Number(length) <= family.bits)
      list.addSubnet(address, Number(length), family.name);
    else return undefined;
  }
  return { includes: (address) => list.check(address, FAMILIES.get(isIP(address))?.name ?? 'ipv4') };
}

const FAMILIES = new Map([
  [4, { name: 'ipv4', bits: 32 } as const],
  [6, { name: 'ipv6', bits: 128 } as const],
]);
