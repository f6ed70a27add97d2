import {
  boolean,
  DerError,
  type DerReader,
  type DerValue,
  objectIdentifier,
  octetString,
  sequence,
  TAG,
} from '@kakunin/der';

/** `Extension` (RFC 5280, 4.1): of a certificate, a CRL, an entry, an OCSP message. */
export interface Extension {
  /** Dotted OBJECT IDENTIFIER. */
  readonly id: string;
  readonly critical: boolean;
  /** DER of what the OCTET STRING holds. */
  readonly value: Uint8Array;
}

/**
 * The extensions of `Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension`.
 * @param reader stands at the SEQUENCE
 * @throws DerError when the list is empty or an extension comes twice (RFC 5280, 4.2)
 */
export function readExtensions(reader: DerReader): readonly Extension[] {
  const list = reader.sequence();
  const extensions: Extension[] = [];
  while (!list.done) extensions.push(readExtension(list.sequence()));
  if (extensions.length === 0) throw new DerError('A list of extensions is empty.');
  if (new Set(extensions.map(({ id }) => id)).size < extensions.length) throw new DerError('An extension comes twice.');
  return extensions;
}

function readExtension(fields: DerReader): Extension {
  const id = fields.objectIdentifier();
  const critical = fields.peek() === TAG.boolean && fields.boolean();
  const value = fields.octetString();
  fields.finish();
  return { id, critical, value };
}

/** DER value of one extension; `critical` is left out when false, as DEFAULT wants. */
export const encodeExtension = ({ id, critical, value }: Extension): DerValue =>
  sequence(objectIdentifier(id), critical ? boolean(true) : undefined, octetString(value));

/** The `Extensions` list; undefined when there are none, because the list must not be empty. */
export const encodeExtensions = (extensions: readonly Extension[]): DerValue | undefined =>
  extensions.length > 0 ? sequence(...extensions.map(encodeExtension)) : undefined;
