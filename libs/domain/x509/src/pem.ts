import { X509Error } from './x509-error.ts';

/** Labels of RFC 7468 that are used here. */
export type PemLabel = 'CERTIFICATE' | 'X509 CRL' | 'PUBLIC KEY' | 'PRIVATE KEY' | 'CERTIFICATE REQUEST';

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]*)-----END \1-----/g;

/** RFC 7468 text, 64 characters a line. */
export function encodePem(label: PemLabel, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/**
 * The first block of the label; other blocks and the text around them are passed over.
 * @throws X509Error `malformed_pem` when there is none
 */
export function decodePem(label: PemLabel, pem: string): Uint8Array {
  const block = [...pem.matchAll(BLOCK)].find(([, found]) => found === label);
  if (!block) throw new X509Error('malformed_pem', `No PEM block "${label}" was found.`);
  return Buffer.from(block[2] ?? '', 'base64');
}

/** DER of a certificate that is given as PEM or as DER. @throws X509Error `malformed_pem` */
export const certificateDer = (file: Uint8Array): Uint8Array =>
  file[0] === 0x30 ? file : decodePem('CERTIFICATE', Buffer.from(file).toString('latin1'));
