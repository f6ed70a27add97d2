import { generateKeyPairSync } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ledgerOrigin, openCheckpoint, signCheckpoint } from './checkpoint.ts';
import { LedgerError } from './ledger-error.ts';
import { ed25519NoteSigner, formatVerifierKey, parseVerifierKey } from './note-key.ts';
import { openNote, signNote } from './signed-note.ts';
import { ed25519Key, ORIGIN, signer } from './testing/keys.ts';

/** From the documentation of golang.org/x/mod/sumdb/note. */
const TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const PETER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const PETERS_LINE =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const ENOCHS_LINE =
  '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n';

const codeOf = (act: () => unknown): string | undefined => {
  try {
    act();
  } catch (error) {
    return error instanceof LedgerError ? error.code : String(error);
  }
  return undefined;
};
const open = (note: string, ...keys: string[]): unknown => openNote(Buffer.from(note), keys.map(parseVerifierKey));

describe('a signed note', () => {
  it('of others is opened, signatures of unknown keys passed over', () => {
    const signedBy = [{ name: 'PeterNeumann', keyId: 0xc74f20a3 }];
    expect(open(`${TEXT}\n${PETERS_LINE}`, PETER)).toEqual({ text: TEXT, signedBy });
    expect(open(`${TEXT}\n${ENOCHS_LINE}${PETERS_LINE}${PETERS_LINE}`, PETER)).toEqual({ text: TEXT, signedBy });
  });

  it.each([
    ['without a known key', `${TEXT}\n${ENOCHS_LINE}`, 'unverified_note'],
    ['with another text', `${TEXT.replace('answer', 'Answer')}\n${PETERS_LINE}`, 'invalid_note'],
    ['without a signature', `${TEXT}\n`, 'invalid_note'],
    ['without an empty line', TEXT + PETERS_LINE, 'invalid_note'],
    ['without its last line end', `${TEXT}\n${PETERS_LINE}`.trimEnd(), 'invalid_note'],
    ['with a carriage return', `${TEXT}\n${PETERS_LINE}`.replace('\n', '\r\n'), 'invalid_note'],
    ['with a hyphen for a dash', `${TEXT}\n${PETERS_LINE.replace('—', '-')}`, 'invalid_note'],
    ['with base64 that is none', `${TEXT}\n${PETERS_LINE.replace('=', '')}`, 'invalid_note'],
    ['with a plus in a name', `${TEXT}\n${PETERS_LINE}${ENOCHS_LINE.replace('Root', '+Root')}`, 'invalid_note'],
    ['with 101 signatures', `${TEXT}\n${PETERS_LINE.repeat(101)}`, 'invalid_note'],
    ['of nothing', '', 'invalid_note'],
  ])('is refused %s', (_, note, code) => {
    expect(codeOf(() => open(note, PETER))).toBe(code);
  });

  it('is refused when it is not UTF-8, or too large to be one', () => {
    const note = Buffer.from(`${TEXT}\n${PETERS_LINE}`);
    note[3] = 0xff;
    expect(codeOf(() => openNote(note, [parseVerifierKey(PETER)]))).toBe('invalid_note');
    expect(codeOf(() => openNote(Buffer.alloc(1_000_001, 'a\n'), []))).toBe('invalid_note');
  });

  it('opens as it was signed, by each of its keys', () => {
    const line = fc.string({ unit: 'binary' }).map((text) => text.replace(/\p{Cc}/gu, ''));
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), (lines) => {
        const text = `${lines.join('\n')}\n`;
        const note = signNote(text, [signer(1), signer(2)]);
        for (const known of [[signer(1)], [signer(2)], [signer(1), signer(2)]])
          expect(openNote(note, known)).toMatchObject({ text, signedBy: known.map(({ keyId }) => ({ keyId })) });
      }),
      { numRuns: 30 },
    );
  });

  it('with any octet altered is refused', () => {
    const note = signNote(TEXT, [signer()]);
    fc.assert(
      fc.property(fc.nat({ max: note.length - 1 }), fc.integer({ min: 1, max: 255 }), (place, mask) => {
        const altered = Buffer.from(note);
        altered[place]! ^= mask;
        expect(['invalid_note', 'unverified_note']).toContain(codeOf(() => openNote(altered, [signer()])));
      }),
    );
  });

  it('is not made of what cannot stand in one', () => {
    for (const text of ['', 'no line end', 'a\ttab\n', '\ud800\n'])
      expect(
        codeOf(() => signNote(text, [signer()])),
        JSON.stringify(text),
      ).toBe('invalid_note');
    expect(codeOf(() => signNote(TEXT, []))).toBe('invalid_note');
  });
});

describe('a key', () => {
  it.each([
    ['no key', 'PeterNeumann'],
    ['a key id of another', PETER.replace('c74f20a3', 'c74f20a4')],
    ['another type', PETER.replace('+ARpc', '+AhpC')],
    ['a key cut short', PETER.slice(0, -4)],
    ['a name with a space', PETER.replace('Peter', 'Peter ')],
  ])('is refused: %s', (_, text) => {
    expect(codeOf(() => parseVerifierKey(text))).toBe('invalid_key');
  });

  it('signs only when it is Ed25519, and under a name', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(codeOf(() => ed25519NoteSigner(ORIGIN, privateKey))).toBe('invalid_key');
    for (const name of ['', 'a b', 'a+b', 'a\u2003b', 'a\u0085b', '\ud800'])
      expect(
        codeOf(() => formatVerifierKey(name, ed25519Key(1).publicKey)),
        JSON.stringify(name),
      ).toBe('invalid_key');
  });
});

describe('a checkpoint', () => {
  const root = new Uint8Array(32).fill(7);
  const verifiers = [signer()];
  const opened = (text: string): unknown => openCheckpoint(signNote(text, [signer()]), { origin: ORIGIN, verifiers });
  const base64 = Buffer.from(root).toString('base64');

  it('opens as it was signed', () => {
    const checkpoint = { origin: ORIGIN, size: 2 ** 40, root: Buffer.from(root) };
    expect(openCheckpoint(signCheckpoint(checkpoint, verifiers), { origin: ORIGIN, verifiers })).toEqual(checkpoint);
    expect(opened(`${ORIGIN}\n0\n${base64}\nan extension\n`)).toMatchObject({ size: 0 });
  });

  it.each([
    ['another ledger', `kakunin/test/pf-b\n5\n${base64}\n`],
    ['a size with a zero before it', `${ORIGIN}\n05\n${base64}\n`],
    ['a size below zero', `${ORIGIN}\n-5\n${base64}\n`],
    ['a size that no number holds', `${ORIGIN}\n9007199254740993\n${base64}\n`],
    ['a root cut short', `${ORIGIN}\n5\n${base64.slice(4)}\n`],
    ['no root', `${ORIGIN}\n5\n`],
    ['an empty line', `${ORIGIN}\n5\n${base64}\n\nextension\n`],
    ['nothing', '\n'],
  ])('is refused: %s', (_, text) => {
    expect(codeOf(() => opened(text))).toBe('invalid_checkpoint');
  });

  it('is not made by a witness, known though it is', () => {
    const witness = signer(3, 'witness.example');
    const note = signNote(`${ORIGIN}\n5\n${base64}\n`, [witness]);
    expect(codeOf(() => openCheckpoint(note, { origin: ORIGIN, verifiers: [...verifiers, witness] }))).toBe(
      'unverified_note',
    );
  });

  it('bears the name of operator and customer', () => {
    expect(ledgerOrigin('jpki', 'pf-a')).toBe('kakunin/jpki/pf-a');
  });
});
