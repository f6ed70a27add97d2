import { ResponseHead } from '@kakunin/http-fast-path';
import { OcspEngine } from '../answering/ocsp-engine.ts';
import type { OcspEngineInput } from '../answering/ocsp-engine-input.ts';
import type { OcspConfig } from '../config.ts';
import { ReceiptIssuer } from '../metering/receipt-issuer.ts';
import { NOT_CACHED } from '../http/http-caching.ts';
import { OCSP_RESPONSE } from '../http/media-types.ts';

/** The engine as the configuration wants it. @param producer of the journal */
export function openEngine(
  parts: Omit<OcspEngineInput, 'head' | 'receipts' | 'options'>,
  producer: string,
  config: OcspConfig,
): OcspEngine {
  const headers = Object.entries({ 'content-type': OCSP_RESPONSE, ...NOT_CACHED });
  const lines = ['HTTP/1.1 200 OK', ...headers.map(([name, value]) => `${name}: ${value}`)];
  return new OcspEngine({
    ...parts,
    head: new ResponseHead(parts.clock, lines),
    receipts: config.receipts ? new ReceiptIssuer({ producer, operator: config.ledgerOperator }) : undefined,
    options: {
      statusMaxAge: config.statusMaxAgeSeconds * 1000,
      cachedAnswers: config.cachedAnswers,
      cachedAnswerMaxAge: config.cachedAnswerSeconds * 1000,
      maxRequests: config.requestsPerMessage,
      signingQueueLimit: config.signingQueueLimit,
      signingLimit: config.signingLimitMilliseconds,
    },
  });
}
