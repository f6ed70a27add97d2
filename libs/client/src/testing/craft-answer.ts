import {
  assembleOcspResponse,
  type CertStatus,
  encodeResponseData,
  parseOcspRequest,
  type ResponseData,
  responderIdByKey,
  type SingleResponse,
} from '@kakunin/ocsp';
import type { IssuedCertificate } from '@kakunin/testing/test-ca';

/** Where an answer differs from an honest one. */
export interface Craft {
  readonly certStatus?: CertStatus;
  readonly data?: Partial<ResponseData>;
  readonly single?: Partial<SingleResponse>;
  /** Certificates that come along; the responder's when left out. */
  readonly certificates?: readonly Uint8Array[];
  readonly damageSignature?: boolean;
}

const HOUR = 3_600_000;

/** An answer of a responder of a few lines to a request; what it says otherwise than it should is in `craft`. */
export async function craftAnswer(
  request: Uint8Array,
  responder: IssuedCertificate,
  { certStatus = { status: 'good' }, data, single, certificates, damageSignature = false }: Craft = {},
): Promise<Uint8Array> {
  const parsed = parseOcspRequest(request, { maxRequests: 1 });
  if (!parsed.ok) throw new Error('The client sent no OCSP request.');
  const { requests, nonce } = parsed.ok;
  const now = Date.now() - (Date.now() % 1000);
  const tbs = encodeResponseData({
    responderId: responderIdByKey(responder.certificate),
    producedAt: now,
    responses: requests.map(({ certId }) => ({
      certId,
      certStatus,
      thisUpdate: now,
      nextUpdate: now + HOUR,
      ...single,
    })),
    nonce,
    ...data,
  });
  const { key, certificate } = responder.credential;
  const signature = Buffer.from(await key.sign(tbs));
  if (damageSignature) signature[signature.length - 1]! ^= 1;
  return assembleOcspResponse({
    tbs,
    algorithm: key.algorithm,
    signature,
    certificates: certificates ?? [certificate],
  });
}
