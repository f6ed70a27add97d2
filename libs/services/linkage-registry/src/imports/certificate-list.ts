import { createHash } from 'node:crypto';
import { type Carrier, type ParsedLine, textLines } from '@kakunin/certificates';
import { type Certificate, isIssuedBy, parseCertificate, X509Error } from '@kakunin/x509';
import { joined } from './octet-source.ts';

/** What is said of all certificates of a list, as they do not say it themselves. */
export interface CertificateListInput {
  readonly octets: AsyncIterable<Uint8Array>;
  readonly authority: Certificate;
  readonly carrier: Carrier;
  readonly partition: string | undefined;
}

/** Far beyond any honest certificate. */
const LONGEST_CERTIFICATE = 65_536;
const SEQUENCE = 0x30;

/** Certificates one after the other, PEM or DER, each of which the authority must have signed. Counted from 1. */
export async function* certificateList(input: CertificateListInput): AsyncGenerator<ParsedLine> {
  let line = 0;
  let octets = 0;
  const counted = async function* () {
    for await (const piece of input.octets) {
      octets += piece.length;
      yield piece;
    }
  };
  for await (const der of certificatesIn(counted())) {
    line += 1;
    yield der ? parsed(line, der, input) : { line, reason: 'Neither a certificate nor the end of the list.' };
  }
  // Text around certificates is passed over; text in place of them is a mistake.
  if (line === 0 && octets > 0) yield { line: 1, reason: 'There is no certificate in what was sent.' };
}

function parsed(line: number, der: Uint8Array, { authority, carrier, partition }: CertificateListInput): ParsedLine {
  try {
    const certificate = parseCertificate(der);
    if (!isIssuedBy(certificate, authority)) return { line, reason: 'Another authority, or nobody, signed it.' };
    const { serialNumber, notAfter } = certificate;
    const fingerprint = createHash('sha256').update(der).digest('hex');
    return { line, record: { serialNumber, notAfter, carrier, fingerprint, ...(partition && { partition }) } };
  } catch (error) {
    if (error instanceof X509Error) return { line, reason: error.message };
    throw error;
  }
}

/** DER of each; undefined where there is none, behind which DER cannot be read on. */
async function* certificatesIn(octets: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array | undefined> {
  const source = octets[Symbol.asyncIterator]();
  const first = await source.next();
  if (first.done) return;
  const all = joined(first.value, source);
  yield* first.value[0] === SEQUENCE ? derCertificates(all) : pemCertificates(all);
}

/** RFC 7468; text around the blocks, and blocks of other kinds, are passed over. */
async function* pemCertificates(octets: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array | undefined> {
  let block: string | undefined;
  for await (const line of textLines(octets)) {
    const text = 'text' in line ? line.text.trim() : '';
    if (text === '-----BEGIN CERTIFICATE-----') block = '';
    else if (text === '-----END CERTIFICATE-----') {
      if (block !== undefined) yield Buffer.from(block, 'base64');
      block = undefined;
    } else if (block !== undefined) {
      block += text;
      if (block.length > 2 * LONGEST_CERTIFICATE) block = '';
    }
  }
  // The list was cut in the middle of a block.
  if (block !== undefined) yield undefined;
}

async function* derCertificates(octets: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array | undefined> {
  let rest = Buffer.alloc(0);
  for await (const piece of octets) {
    rest = Buffer.concat([rest, piece]);
    for (let size = sizeOf(rest); size !== undefined && size <= rest.length; size = sizeOf(rest)) {
      if (size === 0) return yield undefined;
      yield rest.subarray(0, size);
      rest = rest.subarray(size);
    }
  }
  if (rest.length > 0) yield undefined;
}

/** Octets of the SEQUENCE that begins here; undefined: not enough is there to know; 0: none that could be a certificate. */
function sizeOf(octets: Buffer): number | undefined {
  if (octets.length === 0) return undefined;
  if (octets[0] !== SEQUENCE) return 0;
  if (octets.length < 5) return undefined;
  const length = octets[1]!;
  if (length < 0x80) return 2 + length;
  const digits = length & 0x7f;
  if (digits < 1 || digits > 3) return 0;
  const size = 2 + digits + octets.readUIntBE(2, digits);
  return size > LONGEST_CERTIFICATE ? 0 : size;
}
