import {
  bitString,
  constructed,
  contextConstructed,
  DerError,
  DerReader,
  encodeDer,
  enumerated,
  objectIdentifier,
  octetStringOf,
  sequence,
  TAG,
} from '@kakunin/der';
import { type SignatureAlgorithm, signatureAlgorithmIdentifier } from '@kakunin/x509';
import { OCSP } from './object-identifiers.ts';
import { readCertificates } from './ocsp-request.ts';
import { OCSP_RESPONSE_STATUS, type OcspRefusal, ocspResponseStatusOf } from './ocsp-response-status.ts';
import { readResponseData, type ResponseData } from './response-data.ts';

const SUCCESSFUL = encodeDer(enumerated(OCSP_RESPONSE_STATUS.successful));
const BASIC_RESPONSE = encodeDer(objectIdentifier(OCSP.basicResponse));

/**
 * DER of a successful OCSPResponse around signed ResponseData (RFC 6960, 4.2.1).
 * @param signed.tbs what `encodeResponseData` made
 * @param signed.certificates DER; empty when the authority signs itself
 */
export function assembleOcspResponse(signed: {
  readonly tbs: Uint8Array;
  readonly algorithm: SignatureAlgorithm;
  readonly signature: Uint8Array;
  readonly certificates: readonly Uint8Array[];
}): Uint8Array {
  const basic = sequence(
    signed.tbs,
    signatureAlgorithmIdentifier[signed.algorithm],
    bitString(signed.signature),
    signed.certificates.length > 0 ? constructed(contextConstructed(0), [sequence(...signed.certificates)]) : undefined,
  );
  return encodeDer(
    sequence(SUCCESSFUL, constructed(contextConstructed(0), [sequence(BASIC_RESPONSE, octetStringOf(basic))])),
  );
}

/** BasicOCSPResponse (RFC 6960, 4.2.1), not verified; octets are views of the message. */
export interface BasicOcspResponse extends ResponseData {
  /** DER of the ResponseData: what the signature covers. */
  readonly tbs: Uint8Array;
  /** DER of the AlgorithmIdentifier. */
  readonly signatureAlgorithm: Uint8Array;
  readonly signature: Uint8Array;
  /** DER of the certificates that came along. */
  readonly certificates: readonly Uint8Array[];
}

/** What came of a message; `detail` names structure only. */
export type ParsedOcspResponse =
  | { readonly status: 'successful'; readonly basic: BasicOcspResponse }
  | { readonly status: OcspRefusal }
  | { readonly status: 'malformed'; readonly detail: string };

/** Reads an OCSPResponse; what it says counts only after `verifyOcspResponse`. Never throws. */
export function parseOcspResponse(message: Uint8Array): ParsedOcspResponse {
  try {
    return readOcspResponse(message);
  } catch (error) {
    if (error instanceof DerError) return { status: 'malformed', detail: error.message };
    throw error;
  }
}

function readOcspResponse(message: Uint8Array): ParsedOcspResponse {
  const whole = DerReader.of(message);
  const fields = whole.sequence();
  whole.finish();
  const status = ocspResponseStatusOf(fields.smallInteger(TAG.enumerated));
  if (!status) throw new DerError('The response status is unknown.');
  const basic = fields.explicit(0, readResponseBytes);
  fields.finish();
  if (status !== 'successful') return { status };
  if (!basic) throw new DerError('A successful response has no answer.');
  return { status, basic };
}

function readResponseBytes(reader: DerReader): BasicOcspResponse {
  const fields = reader.sequence();
  if (fields.objectIdentifier() !== OCSP.basicResponse) throw new DerError('The response is not a BasicOCSPResponse.');
  const basic = DerReader.of(fields.octetString());
  fields.finish();
  return readBasicResponse(basic);
}

function readBasicResponse(whole: DerReader): BasicOcspResponse {
  const fields = whole.sequence();
  whole.finish();
  const tbs = fields.element(TAG.sequence);
  const signatureAlgorithm = fields.element(TAG.sequence);
  const signature = fields.bitString();
  const certificates = fields.explicit(0, readCertificates) ?? [];
  fields.finish();
  return { tbs, signatureAlgorithm, signature, certificates, ...readResponseData(DerReader.of(tbs).sequence()) };
}
