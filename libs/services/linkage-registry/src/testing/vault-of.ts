import { derivedDataKeys } from '../keys/data-keys.ts';
import { Vault } from '../keys/vault.ts';

/** A vault with the keys of a root key whose octets are all this one. */
export function vaultOf(octet: number): Vault {
  const vault = new Vault();
  vault.load(derivedDataKeys(Buffer.alloc(32, octet)));
  return vault;
}
