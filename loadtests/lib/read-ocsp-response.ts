import { type Content, contentAt } from './der-window.ts';

/** OCSPResponseStatus (RFC 6960, 4.2.1) by its number. */
const RESPONSE_STATUS = [
  'successful',
  'malformedRequest',
  'internalError',
  'tryLater',
  '',
  'sigRequired',
  'unauthorized',
];
/** CertStatus by the number of its context tag. */
const CERT_STATUS = ['good', 'revoked', 'unknown'] as const;
/** id-pkix-ocsp-nonce, 1.3.6.1.5.5.7.48.1.2. */
const NONCE = [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02];
const [SEQUENCE, OID, OCTET_STRING, GENERALIZED_TIME, EXTENSIONS] = [0x30, 0x06, 0x04, 0x18, 0xa1];

/** What a load test looks at in an answer about one certificate. Its signature is left to the checker process. */
export interface OcspAnswer {
  readonly responseStatus: string;
  /** Undefined where the answer is not `successful`. */
  readonly certStatus?: (typeof CERT_STATUS)[number];
  /** Where its CertStatus begins, right behind the serial number; undefined as well there. */
  readonly statusAt?: number;
  /** Undefined: it bears none. */
  readonly nonce?: Uint8Array;
}

/** @returns undefined for what is no OCSPResponse */
export function readOcspResponse(octets: Uint8Array): OcspAnswer | undefined {
  const response = contentAt(octets, 0, octets.length);
  const status = response && contentAt(octets, response.start, response.end);
  const responseStatus = status && RESPONSE_STATUS[octets[status.start] ?? -1];
  if (!response || !status || !responseStatus) return undefined;
  if (responseStatus !== 'successful') return { responseStatus };
  const data = responseData(octets, { ...response, start: status.end });
  return data && readResponseData(octets, data, responseStatus);
}

/** ResponseBytes, its OCTET STRING, BasicOCSPResponse, tbsResponseData. */
function responseData(octets: Uint8Array, after: Content): Content | undefined {
  const bytes = inside(octets, contentAt(octets, after.start, after.end), SEQUENCE);
  const type = bytes && contentAt(octets, bytes.start, bytes.end);
  const value = type?.tag === OID ? contentAt(octets, type.end, bytes!.end) : undefined;
  const basic = inside(octets, value, SEQUENCE);
  return inside(octets, basic, SEQUENCE);
}

function readResponseData(octets: Uint8Array, data: Content, responseStatus: string): OcspAnswer | undefined {
  let next = contentAt(octets, data.start, data.end);
  // An explicit version is optional; responderID and producedAt come next.
  while (next && next.tag !== GENERALIZED_TIME) next = contentAt(octets, next.end, data.end);
  const responses = next && contentAt(octets, next.end, data.end);
  const single = inside(octets, responses, SEQUENCE);
  const certId = single && contentAt(octets, single.start, single.end);
  const status = certId && contentAt(octets, certId.end, single.end);
  const certStatus = status && CERT_STATUS[status.tag & 0x1f];
  if (!responses || !certStatus) return undefined;
  const extensions = contentAt(octets, responses.end, data.end);
  const nonce = extensions?.tag === EXTENSIONS ? nonceIn(octets, extensions) : undefined;
  return { responseStatus, certStatus, statusAt: certId.end, ...(nonce && { nonce }) };
}

function nonceIn(octets: Uint8Array, explicit: Content): Uint8Array | undefined {
  const list = contentAt(octets, explicit.start, explicit.end);
  if (!list) return undefined;
  for (let one = contentAt(octets, list.start, list.end); one; one = contentAt(octets, one.end, list.end)) {
    const id = contentAt(octets, one.start, one.end);
    if (!id || !NONCE.every((octet, index) => octets[id.start + index] === octet)) continue;
    const value = contentAt(octets, id.end, one.end);
    const nonce = inside(octets, value, OCTET_STRING);
    return nonce && octets.subarray(nonce.start, nonce.end);
  }
  return undefined;
}

/** The first TLV within, where it has that tag. */
function inside(octets: Uint8Array, outer: Content | undefined, tag: number): Content | undefined {
  const first = outer && contentAt(octets, outer.start, outer.end);
  return first?.tag === tag ? first : undefined;
}
