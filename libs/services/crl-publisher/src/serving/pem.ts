import type { StoredObject } from '@kakunin/objects';

const BEGIN = '-----BEGIN X509 CRL-----\n';
const END = '-----END X509 CRL-----\n';
/** Octets of a line of 64 characters (RFC 7468, 2). */
const LINE = 48;

/** A CRL as text (RFC 7468, 6), a piece at a time. */
export function pemOf(crl: Pick<StoredObject, 'bytes' | 'read'>): Pick<StoredObject, 'bytes' | 'read'> {
  const characters = 4 * Math.ceil(crl.bytes / 3);
  const bytes = BEGIN.length + characters + Math.ceil(crl.bytes / LINE) + END.length;
  return { bytes, read: () => encode(crl) };
}

async function* encode(crl: Pick<StoredObject, 'read'>): AsyncGenerator<Uint8Array> {
  yield Buffer.from(BEGIN);
  let held: Uint8Array = new Uint8Array();
  for await (const chunk of crl.read()) {
    const octets = Buffer.concat([held, chunk]);
    const whole = octets.length - (octets.length % LINE);
    if (whole > 0) yield lines(octets.subarray(0, whole));
    held = octets.subarray(whole);
  }
  if (held.length > 0) yield lines(Buffer.from(held));
  yield Buffer.from(END);
}

const lines = (octets: Buffer): Buffer => Buffer.from(octets.toString('base64').replace(/.{1,64}/g, '$&\n'));
