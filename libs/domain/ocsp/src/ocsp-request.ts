import { contextConstructed, DerError, DerReader, TAG } from '@kakunin/der';
import { type Extension, readExtensions } from '@kakunin/x509';
import { type CertId, readCertId } from './cert-id.ts';
import { readNonce } from './nonce.ts';
import { OCSP } from './object-identifiers.ts';

/** One `Request` (RFC 6960, 4.1.1). */
export interface SingleRequest {
  readonly certId: CertId;
  readonly extensions: readonly Extension[];
}

/** The optional signature of a request, not verified. */
export interface RequestSignature {
  /** DER of the AlgorithmIdentifier. */
  readonly signatureAlgorithm: Uint8Array;
  readonly signature: Uint8Array;
  /** DER of the certificates that came along. */
  readonly certificates: readonly Uint8Array[];
}

/** An OCSPRequest (RFC 6960, 4.1.1); octets are views of the message. */
export interface OcspRequest {
  /** DER of the TBSRequest: what a signature covers. */
  readonly tbs: Uint8Array;
  /** DER of the GeneralName. */
  readonly requestorName: Uint8Array | undefined;
  /** At least one. */
  readonly requests: readonly SingleRequest[];
  readonly nonce: Uint8Array | undefined;
  readonly extensions: readonly Extension[];
  readonly signature: RequestSignature | undefined;
}

export interface OcspRequestLimits {
  /** Most certificates that one message may ask about. */
  readonly maxRequests: number;
}

/** `detail` says what is wrong, in terms of structure only: fit for a log line. */
export type ParsedOcspRequest =
  | { readonly ok: OcspRequest; readonly refusal?: undefined }
  | { readonly ok?: undefined; readonly refusal: 'malformedRequest'; readonly detail: string };

const UNDERSTOOD: ReadonlySet<string> = new Set(Object.values(OCSP));

/**
 * Reads an OCSPRequest. Refused are: whatever is not strict DER, no request or too many, a nonce that is empty or longer
 * than 128 octets, a version other than v1, an unknown critical extension. Never throws.
 */
export function parseOcspRequest(message: Uint8Array, limits: OcspRequestLimits): ParsedOcspRequest {
  try {
    return { ok: readOcspRequest(message, limits) };
  } catch (error) {
    if (error instanceof DerError) return { refusal: 'malformedRequest', detail: error.message };
    throw error;
  }
}

function readOcspRequest(message: Uint8Array, { maxRequests }: OcspRequestLimits): OcspRequest {
  const whole = DerReader.of(message);
  const fields = whole.sequence();
  whole.finish();
  const tbs = fields.element(TAG.sequence);
  const signed = fields.enterIf(contextConstructed(0));
  fields.finish();
  return {
    tbs,
    ...readTbsRequest(DerReader.of(tbs).sequence(), maxRequests),
    signature: signed && readSignature(signed),
  };
}

function readTbsRequest(fields: DerReader, maxRequests: number): Omit<OcspRequest, 'tbs' | 'signature'> {
  const version = fields.enterIf(contextConstructed(0));
  if (version && version.smallInteger() !== 0) throw new DerError('The version is unknown.');
  const requestorName = fields.enterIf(contextConstructed(1))?.element();
  const requests = readRequestList(fields.sequence(), maxRequests);
  const extensions = readUnderstoodExtensions(fields.enterIf(contextConstructed(2)));
  fields.finish();
  return { requestorName, requests, extensions, nonce: readNonce(extensions) };
}

function readRequestList(list: DerReader, maxRequests: number): readonly SingleRequest[] {
  const requests: SingleRequest[] = [];
  while (!list.done) {
    if (requests.length === maxRequests) throw new DerError(`More than ${maxRequests} certificates are asked about.`);
    const fields = list.sequence();
    const certId = readCertId(fields);
    const extensions = readUnderstoodExtensions(fields.enterIf(contextConstructed(0)));
    fields.finish();
    requests.push({ certId, extensions });
  }
  if (requests.length === 0) throw new DerError('No certificate is asked about.');
  return requests;
}

/** RFC 6960, 4.4: an unknown extension is ignored, unless it is critical. */
function readUnderstoodExtensions(reader: DerReader | undefined): readonly Extension[] {
  if (!reader) return [];
  const extensions = readExtensions(reader);
  reader.finish();
  if (extensions.some(({ id, critical }) => critical && !UNDERSTOOD.has(id)))
    throw new DerError('A critical extension is unknown.');
  return extensions;
}

function readSignature(reader: DerReader): RequestSignature {
  const fields = reader.sequence();
  reader.finish();
  const signatureAlgorithm = fields.element(TAG.sequence);
  const signature = fields.bitString();
  const certificates = readCertificates(fields.enterIf(contextConstructed(0)));
  fields.finish();
  return { signatureAlgorithm, signature, certificates };
}

/** DER of each certificate of `[0] EXPLICIT SEQUENCE OF Certificate`, which may be missing. @throws DerError */
export function readCertificates(reader: DerReader | undefined): readonly Uint8Array[] {
  if (!reader) return [];
  const certificates: Uint8Array[] = [];
  for (const list = reader.sequence(); !list.done;) certificates.push(list.element(TAG.sequence));
  reader.finish();
  return certificates;
}
