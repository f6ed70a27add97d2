import { type CrlDescriptor, crlDescriptorSchema } from '@kakunin/publication';
import { z } from 'zod';
import { EvidenceError } from '../evidence-error.ts';
import { EntryList } from './entry-list.ts';
import { OctetSource } from './octet-source.ts';

const FORMAT = 'kakunin-crl-record-1';

const instant = z.codec(z.iso.datetime(), z.int(), {
  decode: (text) => Date.parse(text),
  encode: (milliseconds) => new Date(milliseconds).toISOString(),
});

const recordLinkSchema = z.object({
  /** Key of the CRL that the other record is about. */
  crl: z.string(),
  /** Of the other record as it lies in the store: whoever alters it must alter all that came after it. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  inForceFrom: instant,
});
/** How a record names an earlier one of its series. */
export type RecordLink = z.output<typeof recordLinkSchema>;

const recordFactsSchema = z.object({
  format: z.literal(FORMAT),
  /** Place in the series, from 0 on; the numbers of CRLs have gaps, this has none. */
  index: z.int().nonnegative(),
  /** Since when the CRL was the newest of its series; never before its predecessor, though a clock were set back. */
  inForceFrom: instant,
  /** Written later than with the publication, because the store had failed then. */
  isLate: z.boolean().optional(),
  /** Absent: the first of its series that was archived. */
  predecessor: recordLinkSchema.optional(),
  /** The record of {@link skipIndex}, where that is not the predecessor. */
  skip: recordLinkSchema.optional(),
  /** The list holds changes to the entries of that record's CRL; absent: it holds all entries. */
  base: recordLinkSchema.optional(),
  /** Octets of the CRL in front of its entries, and behind them. */
  headSize: z.int().positive(),
  tailSize: z.int().positive(),
  crl: crlDescriptorSchema,
});

/** What a record says of one CRL. */
export type RecordFacts = Omit<z.output<typeof recordFactsSchema>, 'format' | 'headSize' | 'tailSize'>;

/** What a CRL is made of again: its octets but the entries, and those, or what changed in them. */
export interface CrlRecord {
  readonly facts: RecordFacts;
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
  /** Read once. */
  readonly list: EntryList;
}

export interface RecordParts {
  readonly facts: RecordFacts;
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
  /** In pieces of any size. */
  readonly list: AsyncIterable<Uint8Array>;
}

/** The other record that each record names: so any of a series is found, and rebuilt, in a few steps. */
export const skipIndex = (index: number): number => index & (index - 1);

/** Where the record of a CRL lies. */
export const recordKeyOf = (crlKey: string): string =>
  crlKey.replace(/^crl\//, 'evidence/').replace(/\.crl$/, '.record');

/** The CRL whose record lies there; undefined when it is no key of a record. */
export const crlKeyOfRecord = (key: string): string | undefined =>
  key.endsWith('.record') ? key.replace(/^evidence\//, 'crl/').replace(/\.record$/, '.crl') : undefined;

/**
 * A record in pieces: a line of JSON, the octets in front of the entries, those behind them, the list. Laid up compressed
 * (`zstd -d` reads it).
 */
export async function* encodeRecord({ facts, head, tail, list }: RecordParts): AsyncGenerator<Uint8Array> {
  const line = z.encode(recordFactsSchema, {
    format: FORMAT,
    ...facts,
    headSize: head.length,
    tailSize: tail.length,
  });
  yield Buffer.concat([Buffer.from(`${JSON.stringify(line)}\n`), head, tail]);
  yield* list;
}

const MAX_LINE = 16 * 1024;
const LINE_FEED = 0x0a;

/** @throws EvidenceError `malformed_record` */
export async function openRecord(pieces: AsyncIterable<Uint8Array>): Promise<CrlRecord> {
  const source = new OctetSource(pieces);
  await source.ensure(MAX_LINE);
  const { format: _, headSize, tailSize, ...facts } = factsOf(source);
  const head = Uint8Array.from(await source.take(headSize));
  const tail = Uint8Array.from(await source.take(tailSize));
  return { facts, head, tail, list: new EntryList(source) };
}

function factsOf(source: OctetSource): z.output<typeof recordFactsSchema> {
  const { octets, at } = source;
  const end = octets.indexOf(LINE_FEED, at);
  if (end < 0) throw new EvidenceError('malformed_record', 'A record does not begin with a line of JSON.');
  try {
    const facts = z.decode(recordFactsSchema, JSON.parse(Buffer.from(octets.subarray(at, end)).toString('utf8')));
    source.at = end + 1;
    return facts;
  } catch (cause) {
    throw new EvidenceError('malformed_record', 'A record does not say what it is.', { cause });
  }
}

/** @param descriptor of the CRL that was published @param before the record of its predecessor */
export const inForceFrom = ({ publishedAt }: CrlDescriptor, before: RecordFacts | undefined): number =>
  Math.max(publishedAt, before?.inForceFrom ?? 0);
