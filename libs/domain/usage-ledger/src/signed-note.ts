import { LedgerError } from './ledger-error.ts';
import { isKeyName } from './note-key.ts';
import type { NoteSigner, NoteVerifier } from './note-key.ts';

/** A text that at least one known key has signed. */
export interface SignedNote {
  /** Ends in a newline. */
  readonly text: string;
  /** The known keys that signed it. Signatures of unknown keys are not among them. */
  readonly signedBy: readonly Pick<NoteVerifier, 'name' | 'keyId'>[];
}

/** A note is small; what is larger is refused unread. */
const LONGEST_NOTE = 1_000_000;
const MOST_SIGNATURES = 100;
const KEY_ID_OCTETS = 4;

/** All but newline of the control characters below U+0020. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;

/**
 * Writes a note (C2SP signed-note): the text, an empty line, and a line for each signature.
 * @param text lines, each ending in a newline
 * @throws LedgerError `invalid_note` when the text cannot stand in a note
 */
export function signNote(text: string, signers: readonly NoteSigner[]): Buffer {
  if (!text.endsWith('\n') || CONTROL.test(text) || !text.isWellFormed() || signers.length === 0)
    throw new LedgerError('invalid_note', 'A note is lines of text without control characters, and has a signer.');
  const message = Buffer.from(text);
  return Buffer.from(`${text}\n${signers.map((signer) => signatureLine(signer, message)).join('')}`);
}

function signatureLine(signer: NoteSigner, message: Uint8Array): string {
  const keyId = Buffer.alloc(KEY_ID_OCTETS);
  keyId.writeUInt32BE(signer.keyId);
  return `— ${signer.name} ${Buffer.concat([keyId, signer.sign(message)]).toString('base64')}\n`;
}

/**
 * Reads a note and verifies the signatures of all known keys; those of unknown keys are passed over.
 * @throws LedgerError `invalid_note` when it is none or a known key's signature is wrong; `unverified_note` without a known key's signature
 */
export function openNote(octets: Uint8Array, verifiers: readonly NoteVerifier[]): SignedNote {
  const note = decodeText(octets);
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) throw malformed();
  const text = note.slice(0, split + 1);
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > MOST_SIGNATURES) throw malformed();
  const message = Buffer.from(text);
  const signedBy = new Set<NoteVerifier>();
  for (const signature of lines.map(readSignature)) {
    const verifier = verifiers.find(({ name, keyId }) => name === signature.name && keyId === signature.keyId);
    if (!verifier || signedBy.has(verifier)) continue;
    if (!verifier.verify(message, signature.octets))
      throw new LedgerError('invalid_note', 'The signature of a known key on a note is wrong.');
    signedBy.add(verifier);
  }
  if (signedBy.size === 0) throw new LedgerError('unverified_note', 'No known key has signed this note.');
  return { text, signedBy: [...signedBy].map(({ name, keyId }) => ({ name, keyId })) };
}

function decodeText(octets: Uint8Array): string {
  if (octets.length > LONGEST_NOTE) throw malformed();
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
    if (!CONTROL.test(text)) return text;
  } catch (cause) {
    throw malformed({ cause });
  }
  throw malformed();
}

function readSignature(line: string): { name: string; keyId: number; octets: Uint8Array } {
  const [, name, base64] = /^— ([^ ]+) ([^ ]+)$/.exec(line) ?? [];
  if (!name || !base64 || !isKeyName(name)) throw malformed();
  const octets = Buffer.from(base64, 'base64');
  if (octets.length <= KEY_ID_OCTETS || octets.toString('base64') !== base64) throw malformed();
  return { name, keyId: octets.readUInt32BE(), octets: octets.subarray(KEY_ID_OCTETS) };
}

const malformed = (options?: ErrorOptions): LedgerError =>
  new LedgerError('invalid_note', 'These octets are no signed note.', options);
