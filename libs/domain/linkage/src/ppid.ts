import { createHmac } from 'node:crypto';
import { checkSymbol, decodeCrockford, encodeCrockford, plainSymbols } from './crockford.ts';
import { LinkageError } from './linkage-error.ts';

/**
 * 256 random bits that stand for a person, minted when a CA's feed first names a holder. Never derived from anything,
 * never shown, stored encrypted.
 */
export type PersonKey = Uint8Array & { readonly brand: 'PersonKey' };

/** 256 random bits that stand for a sector: one service provider. */
export type SectorKey = Uint8Array & { readonly brand: 'SectorKey' };

/** A pairwise pseudonymous identifier as text: version, 32 symbols of base32, check symbol. */
export type Ppid = string & { readonly brand: 'Ppid' };

export const KEY_OCTETS = 32;

/** How ppids are made; a change of the derivation gets the next number, so that both can live side by side. */
const VERSION = 1;
const VALUE_OCTETS = 20;
const VALUE_SYMBOLS = 32;
/** With room for a separator after each symbol. */
const LONGEST_TEXT = 80;

/** @param random 32 octets from a cryptographic source @throws LinkageError `key_invalid` */
export const personKeyOf = (random: Uint8Array): PersonKey => checkedKey(random) as PersonKey;

/** @param random 32 octets from a cryptographic source @throws LinkageError `key_invalid` */
export const sectorKeyOf = (random: Uint8Array): SectorKey => checkedKey(random) as SectorKey;

/**
 * The name of a person in one sector: HMAC-SHA-256(sector key, version ‖ person key), its first 160 bits in
 * Crockford's base32. Names of one person in two sectors have nothing in common for who holds neither key.
 * @see NIST SP 800-63C-4, 3.3.1 (pairwise pseudonymous identifiers)
 */
export function derivePpid(sectorKey: SectorKey, personKey: PersonKey): Ppid {
  const mac = createHmac('sha256', sectorKey).update(Uint8Array.of(VERSION)).update(personKey).digest();
  const value = BigInt(`0x${mac.subarray(0, VALUE_OCTETS).toString('hex')}`);
  return withCheckSymbol(`${VERSION}${encodeCrockford(value, VALUE_SYMBOLS)}`);
}

/**
 * Reads a ppid that a person may have typed: any case, full-width as Japanese keyboards give it, hyphens, dashes and
 * spaces between symbols. Every single wrong symbol and every swap of two neighbours is found.
 * @returns the ppid as it is written here; undefined when its form, version or check symbol is wrong
 */
export function parsePpid(text: string): Ppid | undefined {
  if (text.length > LONGEST_TEXT) return undefined;
  const typed = text.normalize('NFKC').replaceAll(/[\s\p{Dash_Punctuation}−ー]/gu, '');
  // Upper case of some letters beyond ASCII is ASCII (ı, ſ): they were meant otherwise.
  if (!/^[\dA-Z*~$=]+$/i.test(typed)) return undefined;
  const symbols = plainSymbols(typed);
  if (symbols.length !== VALUE_SYMBOLS + 2 || !symbols.startsWith(String(VERSION))) return undefined;
  const value = decodeCrockford(symbols.slice(1, -1));
  if (value === undefined) return undefined;
  const ppid = withCheckSymbol(`${VERSION}${encodeCrockford(value, VALUE_SYMBOLS)}`);
  return ppid.at(-1) === symbols.at(-1) ? ppid : undefined;
}

/** The check covers the version as well. */
const withCheckSymbol = (symbols: string): Ppid => `${symbols}${checkSymbol(decodeCrockford(symbols)!)}` as Ppid;

function checkedKey(random: Uint8Array): Uint8Array {
  if (random.length !== KEY_OCTETS) throw new LinkageError('key_invalid', `A key has ${KEY_OCTETS} octets.`);
  return random;
}
