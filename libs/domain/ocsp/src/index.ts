export { type CertId, certIdOf, sameCertId } from './cert-id.ts';
export { certHash, crlReference, EXTENDED_REVOKE, singleExtensions } from './answer-extensions.ts';
export * from './decode-get-path.ts';
export * from './encode-ocsp-request.ts';
export {
  type OcspRequest,
  type OcspRequestLimits,
  type ParsedOcspRequest,
  parseOcspRequest,
  type RequestSignature,
  type SingleRequest,
} from './ocsp-request.ts';
export type { ResponseSigner } from './message-frame.ts';
export * from './ocsp-response.ts';
export type { OrdinaryAnswer } from './ordinary-answer.ts';
export * from './ordinary-request.ts';
export {
  OCSP_REFUSALS,
  OCSP_RESPONSE_STATUS,
  type OcspRefusal,
  type OcspResponseStatus,
} from './ocsp-response-status.ts';
export {
  encodeResponseData,
  type ResponderId,
  responderIdByKey,
  responderIdByName,
  type ResponseData,
} from './response-data.ts';
export type { ResponseTemplate } from './response-template.ts';
export { ResponseTemplates } from './response-templates.ts';
export type { CertStatus, SingleResponse } from './single-response.ts';
export * from './verify-ocsp-response.ts';
export * from './verify-request-signature.ts';
