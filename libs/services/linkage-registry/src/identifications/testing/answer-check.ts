import { checkNonce } from '@kakunin/linkage';
import {
  assembleOcspResponse,
  certIdOf,
  type CertStatus,
  encodeResponseData,
  responderIdByKey,
  type ResponseData,
} from '@kakunin/ocsp';
import type { IssuedCertificate, TestCa } from '@kakunin/testing/test-ca';

export interface CheckAnswer {
  readonly authority: TestCa;
  readonly responder: IssuedCertificate;
  readonly subject: IssuedCertificate;
  readonly random: Uint8Array;
  readonly platformProvider: string;
  readonly serviceProvider: string;
  /** Epoch ms. */
  readonly producedAt: number;
  readonly certStatus?: CertStatus;
  /** In place of what belongs there. */
  readonly data?: Partial<ResponseData>;
}

/** DER of what a responder answers to a request whose nonce says for whom it was asked. */
export async function answerCheck(check: CheckAnswer): Promise<Uint8Array> {
  const { authority, responder, subject, producedAt, certStatus = { status: 'good' }, data } = check;
  const { key } = responder.credential;
  const certId = certIdOf(authority.certificate, subject.certificate.serialNumber, 'sha1');
  const tbs = encodeResponseData({
    responderId: responderIdByKey(responder.certificate),
    producedAt,
    responses: [{ certId, certStatus, thisUpdate: producedAt }],
    nonce: checkNonce(check),
    ...data,
  });
  const signature = await key.sign(tbs);
  return assembleOcspResponse({ tbs, algorithm: key.algorithm, signature, certificates: [responder.certificate.der] });
}
