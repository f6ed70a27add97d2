import { generateKeyPairSync } from 'node:crypto';
import { derivePpid, personKeyOf, sectorKeyOf } from '@kakunin/linkage';
import { PpidMapWriter } from '@kakunin/sectors';
import { ed25519NoteSigner, formatVerifierKey } from '@kakunin/usage-ledger';
import { expect, it } from 'vitest';
import { parsePpid, PpidMapError, verifyPpidMap } from './index.ts';

const [before, after] = [1, 2].map((fill) => sectorKeyOf(new Uint8Array(32).fill(fill)));
const pairs = Array.from({ length: 9 }, (_, person) => {
  const key = personKeyOf(new Uint8Array(32).fill(person));
  return { old: derivePpid(before!, key), new: derivePpid(after!, key) };
}).sort((one, other) => (one.old < other.old ? -1 : 1));

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const options = { serviceProvider: 'sp-a', verifierKey: formatVerifierKey('registry', publicKey) };
const [from, to] = [1, 2].map((version) => ({ sector: 'sp-a', version }));
const writer = new PpidMapWriter({ recipient: 'sp-a', from: from!, to: to!, madeAt: 5 });
const lines = pairs.map((pair) => writer.line(pair)).join('');
const file = `${lines}\n${Buffer.from(writer.finish(ed25519NoteSigner('registry', privateKey))).toString()}`;

async function* inPieces(text: string, size = 7) {
  for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size));
}

it('a ppid is read as people write it, and a wrong symbol is found', () => {
  const { old } = pairs[0]!;
  expect(parsePpid(` ${old.toLowerCase().slice(0, 9)}-${old.slice(9)} `)).toBe(old);
  const wrong = old[5] === '0' ? '1' : '0';
  expect(parsePpid(old.slice(0, 5) + wrong + old.slice(6))).toBeUndefined();
});

it('a map is verified in whatever pieces it comes', async () => {
  expect(await verifyPpidMap(inPieces(file), options)).toEqual({ from, to, madeAt: 5, count: 9 });
});

it.each([
  ['cut short', file.slice(0, -30), options],
  ['without its note', lines, options],
  ['with a line less', file.slice(file.indexOf('\n') + 1), options],
  ['for another', file, { ...options, serviceProvider: 'sp-b' }],
  ['under no key', file, { ...options, verifierKey: 'none' }],
])('a map %s is refused', async (_, text, given) => {
  await expect(verifyPpidMap(inPieces(text), given)).rejects.toBeInstanceOf(PpidMapError);
});
