import { generateKeyPairSync } from 'node:crypto';
import { ed25519NoteSigner, signNote } from '@kakunin/usage-ledger';
import { describe, expect, it } from 'vitest';
import { appendEntry, EMPTY_CHAIN, headOf } from './audit-chain.ts';
import { openAuditHead, signAuditHead } from './signed-head.ts';

const registry = ed25519NoteSigner('registry', generateKeyPairSync('ed25519').privateKey);
const stranger = ed25519NoteSigner('registry', generateKeyPairSync('ed25519').privateKey);
const entry = { at: 1, caller: 'pf-a', action: 'identification', purpose: 'login', outcome: 'granted' } as const;
const head = { ...headOf(appendEntry(EMPTY_CHAIN, entry)), at: 1_000 };

describe('a signed head', () => {
  it('is read as it was signed', () => {
    const opened = openAuditHead(signAuditHead(head, registry), registry);
    expect([opened.size, Buffer.from(opened.hash), opened.at]).toEqual([1, Buffer.from(head.hash), 1_000]);
  });

  it.each([
    ['somebody else signed', signAuditHead(head, stranger)],
    ['nobody signed', Buffer.from('kakunin audit head v1\n1\n')],
    ['is about something else', signNote('kakunin audit head v1\n1\n\n1\n', [registry])],
    ['was changed', Buffer.from(Buffer.from(signAuditHead(head, registry)).toString().replace('\n1\n', '\n2\n'))],
  ])('is none when it %s', (_, note) => {
    expect(() => openAuditHead(note, registry)).toThrow(expect.objectContaining({ code: 'head_invalid' }));
  });
});
