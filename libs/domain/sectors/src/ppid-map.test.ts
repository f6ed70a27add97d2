import { generateKeyPairSync } from 'node:crypto';
import { derivePpid, personKeyOf, sectorKeyOf } from '@kakunin/linkage';
import { ed25519NoteSigner } from '@kakunin/usage-ledger';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PpidMapEntry, type PpidMapHeader, PpidMapReader, PpidMapWriter } from './ppid-map.ts';

const registry = ed25519NoteSigner('registry', generateKeyPairSync('ed25519').privateKey);
const stranger = ed25519NoteSigner('registry', generateKeyPairSync('ed25519').privateKey);
const header: PpidMapHeader = {
  recipient: 'sp-a',
  from: { sector: 'sp-a', version: 1 },
  to: { sector: 'sp-a', version: 2 },
  madeAt: 1_000,
};
const [oldKey, newKey] = [1, 2].map((fill) => sectorKeyOf(new Uint8Array(32).fill(fill)));
const entries: readonly PpidMapEntry[] = Array.from({ length: 20 }, (_, index) => {
  const person = personKeyOf(new Uint8Array(32).fill(index));
  return { old: derivePpid(oldKey!, person), new: derivePpid(newKey!, person) };
}).sort((one, other) => (one.old < other.old ? -1 : 1));

function write(of: PpidMapHeader = header, signer = registry) {
  const writer = new PpidMapWriter(of);
  const lines = entries.map((each) => writer.line(each).slice(0, -1));
  return { lines, note: writer.finish(signer) };
}
function read(lines: readonly string[], note: Uint8Array, recipient = 'sp-a') {
  const reader = new PpidMapReader();
  const seen = lines.map((each) => reader.line(each));
  return { seen, header: reader.finish(note, { verifier: registry, recipient }) };
}
const invalid = expect.objectContaining({ code: 'map_invalid' });

describe('a map of ppids', () => {
  it('is read as it was written', () => {
    const { lines, note } = write();
    expect(read(lines, note)).toEqual({ seen: entries, header });
  });

  it('is for one service provider, by the registry', () => {
    const { lines, note } = write();
    expect(() => read(lines, note, 'sp-b')).toThrow(invalid);
    expect(() => read(lines, write(header, stranger).note)).toThrow(invalid);
    expect(() => read(lines, Buffer.from('nothing'))).toThrow(invalid);
  });

  it('has one new name for an old one', () => {
    const writer = new PpidMapWriter(header);
    writer.line(entries[0]!);
    expect(() => writer.line({ ...entries[0]!, new: 'Z'.repeat(34) as PpidMapEntry['new'] })).toThrow(invalid);
  });

  it('is nothing when a line is missing, changed, doubled or out of its place', () => {
    const { lines, note } = write();
    fc.assert(
      fc.property(fc.nat(19), fc.nat(67), fc.constantFrom('0', 'X', ''), (at, symbol, by) => {
        const line = lines[at]!;
        fc.pre(line[symbol] !== by && symbol !== 34);
        const changed = line.slice(0, symbol) + by + line.slice(symbol + 1);
        expect(() => read(lines.with(at, changed), note)).toThrow(invalid);
        expect(() => read(lines.toSpliced(at, 1), note)).toThrow(invalid);
        expect(() => read(lines.toSpliced(at, 0, line), note)).toThrow(invalid);
      }),
    );
    expect(() => read(lines.toReversed(), note)).toThrow(invalid);
  });
});
