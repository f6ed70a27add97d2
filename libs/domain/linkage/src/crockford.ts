/** Crockford's base32; the last five stand for check values 32 to 36 only. */
const SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U';

/** @param digits how many symbols; the value must fit into 5 bits each */
export function encodeCrockford(value: bigint, digits: number): string {
  let text = '';
  for (let rest = value, i = 0; i < digits; i++, rest >>= 5n) text = SYMBOLS[Number(rest & 31n)]! + text;
  return text;
}

/** Takes lower case, and I, L and O for 1, 1 and 0. @returns undefined when a symbol is none of base32 */
export function decodeCrockford(text: string): bigint | undefined {
  let value = 0n;
  for (const symbol of plainSymbols(text)) {
    const digit = SYMBOLS.indexOf(symbol);
    if (digit < 0 || digit > 31) return undefined;
    value = (value << 5n) | BigInt(digit);
  }
  return value;
}

/** The value modulo 37 as one symbol: finds every single wrong symbol and every swap of two neighbours. */
export const checkSymbol = (value: bigint): string => SYMBOLS[Number(value % 37n)]!;

/** As it is written here: upper case, and the look-alikes replaced. */
export const plainSymbols = (text: string): string => text.toUpperCase().replaceAll(/[IL]/g, '1').replaceAll('O', '0');
