import { contextPrimitive, DerReader, TAG } from '@kakunin/der';
import type { Extension } from './extension.ts';
import { EXTENSION, KEY_USAGES, type KeyUsage } from './object-identifiers.ts';

/** What Kakunin asks of a certificate's extensions. */
export interface CertificateExtensions {
  readonly extensions: readonly Extension[];
  /** basicConstraints says that it is an authority's. */
  readonly isAuthority: boolean;
  /** undefined: no extension, every use is allowed. */
  readonly keyUsage: ReadonlySet<KeyUsage> | undefined;
  /** OBJECT IDENTIFIERs of the extended key usage; empty when there is none. */
  readonly extendedKeyUsage: readonly string[];
  /** id-pkix-ocsp-nocheck: whoever checks answers need not ask for this certificate's status. */
  readonly ocspNoCheck: boolean;
  readonly subjectKeyIdentifier: Uint8Array | undefined;
  /** keyIdentifier of the authorityKeyIdentifier. */
  readonly authorityKeyIdentifier: Uint8Array | undefined;
}

/** @throws DerError when an extension that is read is malformed */
export function readCertificateExtensions(extensions: readonly Extension[]): CertificateExtensions {
  const read = <T>(id: string, reading: (value: DerReader) => T): T | undefined => {
    const extension = extensions.find((each) => each.id === id);
    return extension && reading(DerReader.of(extension.value));
  };
  return {
    extensions,
    isAuthority: read(EXTENSION.basicConstraints, readIsAuthority) ?? false,
    keyUsage: read(EXTENSION.keyUsage, readKeyUsage),
    extendedKeyUsage: read(EXTENSION.extendedKeyUsage, readPurposes) ?? [],
    ocspNoCheck: extensions.some(({ id }) => id === EXTENSION.ocspNoCheck),
    subjectKeyIdentifier: read(EXTENSION.subjectKeyIdentifier, (value) => value.octetString()),
    authorityKeyIdentifier: read(EXTENSION.authorityKeyIdentifier, readKeyIdentifier),
  };
}

function readIsAuthority(value: DerReader): boolean {
  const fields = value.sequence();
  return fields.peek() === TAG.boolean && fields.boolean();
}

function readKeyUsage(value: DerReader): ReadonlySet<KeyUsage> {
  const { octets } = value.namedBits();
  return new Set(KEY_USAGES.filter((_, bit) => (octets[bit >> 3] ?? 0) & (0x80 >> (bit & 7))));
}

function readPurposes(value: DerReader): readonly string[] {
  const purposes: string[] = [];
  for (const list = value.sequence(); !list.done;) purposes.push(list.objectIdentifier());
  return purposes;
}

/** keyIdentifier of an AuthorityKeyIdentifier (RFC 5280, 4.2.1.1). @throws DerError */
export function readKeyIdentifier(value: DerReader): Uint8Array | undefined {
  const fields = value.sequence();
  return fields.peek() === contextPrimitive(0) ? fields.content(contextPrimitive(0)) : undefined;
}
