import { DerError, DerReader, TAG } from '@kakunin/der';
import { type Extension, readExtensions, type SignatureAlgorithm } from '@kakunin/x509';
import { type CertId, readCertId } from './cert-id.ts';
import { readNonce } from './nonce.ts';
import { OCSP } from './object-identifiers.ts';
import { readPreferredAlgorithms } from './preferred-signature-algorithms.ts';

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
  /** What the answer shall be signed with, the most wanted first; empty: no preference, or nothing known here. */
  readonly preferredAlgorithms: readonly SignatureAlgorithm[];
  /** All of them, those above too. */
  readonly extensions: readonly Extension[];
  readonly signature: RequestSignature | undefined;
}

/** What a responder takes on. */
export interface OcspRequestLimits {
  /** Most certificates that one message may ask about. */
  readonly maxRequests: number;
}

/** What came of a message. `detail` says what is wrong, in terms of structure only: fit for a log line. */
export type ParsedOcspRequest =
  | { readonly ok: OcspRequest; readonly refusal?: undefined }
  | { readonly ok?: undefined; readonly refusal: 'malformedRequest'; readonly detail: string };

/**
 * What may be critical in a request. acceptableResponses and serviceLocator change nothing: every client takes a
 * BasicOCSPResponse (RFC 6960, 4.2.1), and a request is never passed on.
 */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  OCSP.nonce,
  OCSP.preferredSignatureAlgorithms,
  OCSP.acceptableResponses,
  OCSP.serviceLocator,
]);

/**
 * Reads an OCSPRequest. Refused are: whatever is not strict DER, no request or too many, a nonce that is empty or longer
 * than 128 octets, a version other than v1, an unknown critical extension, a signature without a requestorName. Never
 * throws.
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
  const signature = fields.explicit(0, readSignature);
  fields.finish();
  const request = { tbs, signature, ...readTbsRequest(DerReader.of(tbs).sequence(), maxRequests) };
  // RFC 6960, 4.1.2.
  if (signature && !request.requestorName) throw new DerError('A signed request names no requestor.');
  return request;
}

function readTbsRequest(fields: DerReader, maxRequests: number): Omit<OcspRequest, 'tbs' | 'signature'> {
  const version = fields.explicit(0, (reader) => reader.smallInteger());
  if (version) throw new DerError('The version is unknown.');
  const requestorName = fields.explicit(1, (reader) => reader.element());
  const requests = readRequestList(fields.sequence(), maxRequests);
  const extensions = fields.explicit(2, readUnderstoodExtensions) ?? [];
  fields.finish();
  return {
    requestorName,
    requests,
    extensions,
    nonce: readNonce(extensions),
    preferredAlgorithms: readPreferredAlgorithms(extensions),
  };
}

function readRequestList(list: DerReader, maxRequests: number): readonly SingleRequest[] {
  const requests: SingleRequest[] = [];
  while (!list.done) {
    if (requests.length === maxRequests) throw new DerError(`More than ${maxRequests} certificates are asked about.`);
    const fields = list.sequence();
    const certId = readCertId(fields);
    const extensions = fields.explicit(0, readUnderstoodExtensions) ?? [];
    fields.finish();
    requests.push({ certId, extensions });
  }
  if (requests.length === 0) throw new DerError('No certificate is asked about.');
  return requests;
}

/** RFC 6960, 4.4: an unknown extension is ignored, unless it is critical. */
function readUnderstoodExtensions(reader: DerReader): readonly Extension[] {
  const extensions = readExtensions(reader);
  if (extensions.some(({ id, critical }) => critical && !UNDERSTOOD.has(id)))
    throw new DerError('A critical extension is unknown.');
  return extensions;
}

function readSignature(reader: DerReader): RequestSignature {
  const fields = reader.sequence();
  const signatureAlgorithm = fields.element(TAG.sequence);
  const signature = fields.bitString();
  const certificates = fields.explicit(0, readCertificates) ?? [];
  fields.finish();
  return { signatureAlgorithm, signature, certificates };
}

/** DER of each certificate of a `SEQUENCE OF Certificate`. @throws DerError */
export function readCertificates(reader: DerReader): readonly Uint8Array[] {
  const certificates: Uint8Array[] = [];
  for (const list = reader.sequence(); !list.done;) certificates.push(list.element(TAG.sequence));
  return certificates;
}
