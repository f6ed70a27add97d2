import {
  assembleOcspResponse,
  certIdOf,
  crlReference,
  encodeResponseData,
  responderIdByKey,
  singleExtensions,
} from '@kakunin/ocsp';
import { type Certificate, digest, type SigningKey } from '@kakunin/x509';
import type { PastStatus } from './past-status.ts';

export interface SignedStatusInput {
  readonly status: PastStatus;
  readonly certificate: Certificate;
  readonly authority: Certificate;
  /** The authority's own. */
  readonly key: SigningKey;
  /** Epoch ms. */
  readonly producedAt: number;
}

/**
 * DER of an OCSPResponse about a past moment. producedAt is when it is signed, and thisUpdate when the status was known to
 * be so: that of the CRL that was in force, which the answer names (RFC 6960, 4.4.2). Without nextUpdate, for what was true
 * then does not lapse. The authority signs it itself: a responder's certificate that is valid now was not valid then.
 */
export async function signPastStatus(input: SignedStatusInput): Promise<Uint8Array> {
  const { status, certificate, authority, key, producedAt } = input;
  const { descriptor } = status.delta ?? status.complete;
  const told = singleExtensions({
    archiveCutoff: status.thisUpdate,
    fingerprint: digest('sha256', certificate.der),
  });
  const tbs = encodeResponseData({
    responderId: responderIdByKey(authority),
    producedAt,
    responses: [
      {
        certId: certIdOf(authority, certificate.serialNumber),
        certStatus: status.certStatus,
        thisUpdate: status.thisUpdate,
        extensions: [crlReference(descriptor), ...told],
      },
    ],
  });
  const signature = await key.sign(tbs);
  return assembleOcspResponse({ tbs, algorithm: key.algorithm, signature, certificates: [] });
}
