import { vaultOf } from './vault-of.ts';

/** A vault, an authority, and two persons that it knows (by holder index in base64, called as their holders): to register certificates in memory. */
export const vault = vaultOf(1);
export const authority = {
  authorityId: 'user-g1',
  certificateClass: 'user-authentication',
  certificate: '',
  serialScheme: { kind: 'random' },
  holderRealm: 'default',
} as const;
export const persons: ReadonlyMap<string, string> = new Map(
  ['a', 'b'].map((holder) => [vault.holderIndex('default', holder).toString('base64'), holder]),
);
