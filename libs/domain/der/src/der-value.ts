import { encodeObjectIdentifier } from './object-identifier.ts';
import { TAG } from './tag.ts';
import { GENERALIZED_TIME_OCTETS, isUtcTimeYear, UTC_TIME_OCTETS, writeGeneralizedTime, writeUtcTime } from './time.ts';

/**
 * A DER element that is not yet written. Its size is known, so that `encodeDer` writes a whole tree front to back
 * into one buffer and copies every octet once.
 */
export interface DerValue {
  readonly tag: number;
  /** Octets of the content. */
  readonly contentSize: number;
  /** Content octets, or the elements that they consist of. */
  readonly content: Uint8Array | readonly DerPart[];
}

/** A value, or an element that is encoded already and is copied as it is. */
export type DerPart = DerValue | Uint8Array;

/** Octets that a tag and a length take in front of this many content octets. */
export function headerSize(contentSize: number): number {
  if (contentSize < 0x80) return 2;
  if (contentSize < 0x100) return 3;
  if (contentSize < 0x1_0000) return 4;
  return contentSize < 0x100_0000 ? 5 : 6;
}

/** Octets of the whole element. */
export const encodedSize = (part: DerPart): number =>
  part instanceof Uint8Array ? part.length : headerSize(part.contentSize) + part.contentSize;

/** An element of these content octets. */
export const primitive = (tag: number, content: Uint8Array): DerValue => ({
  tag,
  contentSize: content.length,
  content,
});

/** An element of elements; undefined ones are left out, as OPTIONAL and DEFAULT are. */
export function constructed(tag: number, parts: readonly (DerPart | undefined)[]): DerValue {
  const content = parts.filter((part) => part !== undefined);
  let contentSize = 0;
  for (const part of content) contentSize += encodedSize(part);
  return { tag, contentSize, content };
}

/** A SEQUENCE of elements; undefined ones are left out. */
export const sequence = (...parts: readonly (DerPart | undefined)[]): DerValue => constructed(TAG.sequence, parts);

/** An OBJECT IDENTIFIER of a dotted text such as `2.5.29.20`. */
export const objectIdentifier = (dotted: string): DerValue =>
  primitive(TAG.objectIdentifier, encodeObjectIdentifier(dotted));

/** An OCTET STRING of these octets. */
export const octetString = (content: Uint8Array): DerValue => primitive(TAG.octetString, content);

/** An OCTET STRING around an element: the value of an extension (RFC 5280, 4.1). */
export const octetStringOf = (part: DerPart): DerValue => constructed(TAG.octetString, [part]);

/** A BIT STRING; the last `unusedBits` bits of the octets are padding and zero. */
export const bitString = (octets: Uint8Array, unusedBits = 0): DerValue =>
  primitive(TAG.bitString, Buffer.concat([Uint8Array.of(unusedBits), octets]));

/** An INTEGER of content octets that are two's complement and minimal already. */
export const integerOctets = (content: Uint8Array): DerValue => primitive(TAG.integer, content);

/** A non-negative INTEGER. */
export function integer(value: number | bigint): DerValue {
  const hex = value.toString(16);
  const octets = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
  return integerOctets(octets[0]! >= 0x80 ? Buffer.concat([Uint8Array.of(0), octets]) : octets);
}

/** A BOOLEAN; DER writes TRUE as ff (X.690, 11.1). */
export const boolean = (value: boolean): DerValue => primitive(TAG.boolean, Uint8Array.of(value ? 0xff : 0));

/** NULL. */
export const nothing: DerValue = primitive(TAG.null, new Uint8Array());

/** An ENUMERATED below 128. */
export const enumerated = (value: number): DerValue => primitive(TAG.enumerated, Uint8Array.of(value));

/** A character string of the given type; the text must fit that type's alphabet. */
export const text = (tag: number, value: string): DerValue => primitive(tag, Buffer.from(value, 'utf8'));

/** GeneralizedTime `YYYYMMDDHHMMSSZ` of an instant (epoch ms). */
export function generalizedTime(instant: number): DerValue {
  const content = new Uint8Array(GENERALIZED_TIME_OCTETS);
  writeGeneralizedTime(content, 0, instant);
  return primitive(TAG.generalizedTime, content);
}

/** UTCTime through 2049, GeneralizedTime from 2050 (RFC 5280, 4.1.2.5); epoch ms. */
export function time(instant: number): DerValue {
  if (!isUtcTimeYear(instant)) return generalizedTime(instant);
  const content = new Uint8Array(UTC_TIME_OCTETS);
  writeUtcTime(content, 0, instant);
  return primitive(TAG.utcTime, content);
}
