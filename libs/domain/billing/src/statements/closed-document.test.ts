import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  creditNoteFor,
  documentOctets,
  parseClosedStatement,
  parseCreditNote,
  rateUsage,
  type StatementLine,
} from '../index.ts';
import { closedWith, taxRule } from '../testing/closed-statement.ts';
import { codeOf } from '../testing/code-of.ts';
import { everyKind } from '../testing/every-kind.ts';
import { jst, month } from '../testing/prices.ts';
import { count, counts } from '../testing/usage.ts';

const period = month('2026-11');
const rated = (usage: Parameters<typeof rateUsage>[0]['counts']): readonly StatementLine[] =>
  rateUsage({ counts: usage, prices: everyKind, period }).filter(({ customer }) => customer === 'pf-a');
const statement = { ...closedWith(rated([count(5_000n)])) };
const note = creditNoteFor({
  number: 'R2026-000001',
  statement,
  earlier: [],
  corrected: [],
  basis: { kind: 'cancellation' },
  reason: { ja: '取消', en: 'cancelled' },
  issuedAt: jst('2026-12-10'),
  rates: taxRule.rates,
});

describe('a document', () => {
  it('is the octets that its hash is over, and is read back from them', () => {
    fc.assert(
      fc.property(counts, (usage) => {
        const lines = rated(usage);
        fc.pre(lines.length > 0);
        const closed = closedWith(lines);
        const octets = documentOctets(closed);
        expect(createHash('sha256').update(octets).digest('hex')).toBe(closed.contentHash);
        expect(parseClosedStatement(octets)).toEqual(closed);
      }),
    );
    const octets = documentOctets(note);
    expect(parseCreditNote(octets)).toEqual(note);
    expect(createHash('sha256').update(octets).digest('hex')).toBe(note.contentHash);
  });

  it('is none in other octets, though they say the same', () => {
    const text = documentOctets(statement).toString();
    const others = [
      '',
      'null',
      ` ${text}`,
      `${text}\n`,
      text.replace('"state":"closed"', '"state":"open"'),
      text.replace(/"quantity":"(\d+)"/, '"quantity":$1'),
      text.replace(/"quantity":"(\d+)"/, '"quantity":"0$1"'),
      text.replace('{', '{"A":1,'),
    ];
    for (const other of others)
      expect(
        codeOf(() => parseClosedStatement(Buffer.from(other))),
        other.slice(0, 40),
      ).toBe('malformed_document');
    expect(codeOf(() => parseCreditNote(documentOctets(statement)))).toBe('malformed_document');
  });
});
