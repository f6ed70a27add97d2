import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derivePpid, parsePpid, personKeyOf, sectorKeyOf } from './ppid.ts';

const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const filled = (octet: number): Uint8Array => new Uint8Array(32).fill(octet);

describe('derivePpid', () => {
  // Computed outside this code, with Python's hmac and hashlib; the HMAC alone can be checked with openssl:
  // (printf '\001'; printf '<person>' | xxd -r -p) | openssl dgst -sha256 -mac HMAC -macopt hexkey:<sector>
  it.each([
    [0x00, 0x00, '14ED7T39Z3EZ3N65EVR0Y5BC1HGPVC2VHH'],
    [0x01, 0x02, '1SNMVARB0ESDYR7S85PBVDTDJD5GVYC6AX'],
    [0xff, 0x7f, '1C7QPYN0J6E62ZZ9SWM50CHE7NW35VMD6X'],
  ])('sector key %s…, person key %s…', (sector, person, ppid) => {
    expect(derivePpid(sectorKeyOf(filled(sector)), personKeyOf(filled(person)))).toBe(ppid);
  });

  it('refuses keys of another length', () => {
    expect(() => personKeyOf(new Uint8Array(31))).toThrow(expect.objectContaining({ code: 'key_invalid' }));
  });
});

describe('parsePpid', () => {
  const ppid = fc.tuple(key, key).map(([sector, person]) => derivePpid(sectorKeyOf(sector), personKeyOf(person)));

  it('reads what was written, also as a person types it', () => {
    fc.assert(
      fc.property(ppid, (text) => {
        expect(parsePpid(text)).toBe(text);
        const typed = text.toLowerCase().replaceAll('1', 'l').replaceAll('0', 'o');
        expect(parsePpid(`${typed.slice(0, 9)}-${typed.slice(9)} `)).toBe(text);
      }),
    );
  });

  it('finds every wrong symbol and every swap of neighbours', () => {
    const symbols = '0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U';
    fc.assert(
      fc.property(ppid, (text) => {
        for (let at = 0; at < text.length; at += 1) {
          for (const wrong of symbols.replace(text[at]!, '')) {
            expect(parsePpid(text.slice(0, at) + wrong + text.slice(at + 1))).toBeUndefined();
          }
          const [one, next] = [text[at]!, text[at + 1] ?? text[at]!];
          if (one === next) continue;
          expect(parsePpid(text.slice(0, at) + next + one + text.slice(at + 2))).toBeUndefined();
        }
      }),
      { numRuns: 15 },
    );
  });

  it('finds a symbol too many or too few', () => {
    fc.assert(
      fc.property(ppid, fc.nat(33), (text, at) => {
        expect(parsePpid(text.slice(0, at) + text.slice(at + 1))).toBeUndefined();
        expect(parsePpid(text.slice(0, at) + text[at] + text.slice(at))).toBeUndefined();
      }),
    );
  });

  it('reads full width and the dashes of a Japanese keyboard, and no letters that only look upper-cased', () => {
    const text = '14ED7T39Z3EZ3N65EVR0Y5BC1HGPVC2VHH';
    const wide = [...text].map((symbol) => String.fromCharCode(symbol.charCodeAt(0) + 0xfee0)).join('');
    for (const dash of ['ー', '－', '‐', '–', '−', '　']) {
      expect(parsePpid(`${wide.slice(0, 5)}${dash}${wide.slice(5)}`)).toBe(text);
    }
    expect(parsePpid(text.replace('1', 'ı'))).toBeUndefined();
    expect(parsePpid(`${' '.repeat(80)}${text}`)).toBeUndefined();
  });

  it('takes nothing else', () => {
    fc.assert(fc.property(fc.string(), (text) => void parsePpid(text)));
    expect(parsePpid('')).toBeUndefined();
  });
});
