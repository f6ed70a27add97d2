import {
  constructed,
  decodeObjectIdentifier,
  DerReader,
  encodeDer,
  objectIdentifier,
  sequence,
  TAG,
  text,
} from '@kakunin/der';

const ATTRIBUTE_TYPES = {
  CN: '2.5.4.3',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  O: '2.5.4.10',
  OU: '2.5.4.11',
} as const;
/** Attribute types that a name is written with (RFC 4519). */
export type AttributeType = keyof typeof ATTRIBUTE_TYPES;

const shortNames = new Map<string, string>(Object.entries(ATTRIBUTE_TYPES).map(([short, id]) => [id, short]));

/** A distinguished name in the order of its encoding, for example `[['C', 'JP'], ['O', 'JPKI']]`. */
export type DistinguishedName = readonly (readonly [AttributeType, string])[];

/** DER of a Name (RFC 5280, 4.1.2.4): the country as PrintableString, everything else as UTF8String. */
export const encodeName = (name: DistinguishedName): Uint8Array =>
  encodeDer(
    sequence(
      ...name.map(([type, value]) =>
        constructed(TAG.set, [
          sequence(
            objectIdentifier(ATTRIBUTE_TYPES[type]),
            text(type === 'C' ? TAG.printableString : TAG.utf8String, value),
          ),
        ]),
      ),
    ),
  );

/**
 * A name for people, as in `O=JPKI, C=JP`: the last attribute first (RFC 4514, 2.1). Unknown types are dotted.
 * @throws DerError
 */
export function formatName(der: Uint8Array): string {
  const parts: string[] = [];
  const names = DerReader.of(der).sequence();
  while (!names.done) {
    const attributes = names.enter(TAG.set);
    while (!attributes.done) {
      const attribute = attributes.sequence();
      const id = decodeObjectIdentifier(attribute.content(TAG.objectIdentifier));
      const value = Buffer.from(attribute.content(attribute.peek())).toString('utf8');
      parts.unshift(`${shortNames.get(id) ?? id}=${value.replace(/[,+"\\<>;]/g, String.raw`\$&`)}`);
    }
  }
  return parts.join(', ');
}
