import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { vaultOf } from '../testing/vault-of.ts';
import { derivedDataKeys } from './data-keys.ts';
import { readRootKey } from './file-root-key.ts';
import { Vault } from './vault.ts';

const vault = vaultOf(1);
const other = vaultOf(2);

describe('blind indexes', () => {
  it('find a value again, and tell scopes, uses and root keys apart', () => {
    const index = vault.serialIndex('a', '1');
    expect(vault.serialIndex('a', '1')).toEqual(index);
    expect(index).toHaveLength(16);
    const others = [
      vault.serialIndex('b', '1'),
      vault.serialIndex('a', '2'),
      vault.holderIndex('a', '1'),
      other.serialIndex('a', '1'),
    ];
    for (const each of others) expect(each).not.toEqual(index);
  });

  it('stay what they are: rows are found by them for decades', () => {
    expect(vault.serialIndex('user-g1', 'a1b').toString('hex')).toBe('3690ef4fed50a0c449f130fe94edb8ea');
    expect(vault.holderIndex('default', '確認').toString('hex')).toBe('eb074a710f66099a982d1873b70854b6');
  });
});

describe('sealing', () => {
  const value = Buffer.alloc(32, 7);
  it('opens for its owner only', () => {
    const sealed = vault.seal('person 1', value);
    expect(vault.open('person 1', sealed)).toEqual(value);
    expect(() => vault.open('person 2', sealed)).toThrow();
    expect(() => other.open('person 1', sealed)).toThrow();
    sealed[sealed.length - 1]! ^= 1;
    expect(() => vault.open('person 1', sealed)).toThrow();
  });

  it('never gives the same text twice', () => {
    expect(vault.seal('person 1', value)).not.toEqual(vault.seal('person 1', value));
  });
});

describe('data keys', () => {
  const first = derivedDataKeys(Buffer.alloc(32, 1));
  const next = { dataKeyId: 9, purpose: 'sealing', octets: Buffer.alloc(32, 9), retired: false } as const;
  const value = Buffer.alloc(32, 7);

  it('that are retired open, and seal no more', () => {
    const rotating = new Vault();
    rotating.load([...first.map((key) => ({ ...key, retired: key.purpose === 'sealing' })), next]);
    const sealed = vault.seal('person 1', value);
    expect(rotating.open('person 1', sealed)).toEqual(value);
    const again = rotating.seal('person 1', value);
    expect([sealed.readUInt32BE(), again.readUInt32BE(), rotating.currentDataKey]).toEqual([1, 9, 9]);
    expect(rotating.open('person 1', again)).toEqual(value);
    expect(() => vault.open('person 1', again)).toThrow(expect.objectContaining({ code: 'data_key_unknown' }));
    again.writeUInt32BE(1);
    expect(() => rotating.open('person 1', again)).toThrow(/authenticate/);
    expect(rotating.serialIndex('a', '1')).toEqual(vault.serialIndex('a', '1'));
  });

  it('are waited for', () => {
    const notLoaded = expect.objectContaining({ code: 'keys_not_loaded' });
    expect(() => new Vault().seal('person 1', value)).toThrow(notLoaded);
    expect(() => new Vault().serialIndex('a', '1')).toThrow(notLoaded);
  });
});

describe('the root key', () => {
  const directory = mkdtempSync(join(tmpdir(), 'kakunin-root-key-'));
  const file = (text: string): string => {
    const path = join(directory, 'key');
    writeFileSync(path, text);
    return path;
  };

  it('is read in hex and in base64', () => {
    const key = Buffer.alloc(32, 0xab);
    expect(readRootKey(file(`${key.toString('hex')}\n`))).toEqual(key);
    expect(readRootKey(file(key.toString('base64')))).toEqual(key);
  });

  it('is refused with a way out when it is missing or something else', () => {
    expect(() => readRootKey(join(directory, 'none'))).toThrow(/openssl rand -hex 32/);
    expect(() => readRootKey(file('short'))).toThrow(/32 octets/);
  });
});
