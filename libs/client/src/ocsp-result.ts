import { EXTENDED_REVOKE } from '@kakunin/ocsp';
import type { HttpAnswer } from './exchange.ts';
import { parseReceipts } from './receipt.ts';
import type { CertificateStatus, OcspResult, StatusResult } from './status-check.ts';
import type { VerifiedAnswer } from './verify-answer.ts';

const RECEIPT = 'kakunin-receipt';

/** What the caller gets. */
export function ocspResult(verified: VerifiedAnswer, headers: HttpAnswer['headers']): StatusResult {
  const { messages, basic, single, responder } = verified;
  const receipts = receiptsOf(headers);
  return {
    ...statusOf(verified),
    source: 'ocsp',
    thisUpdate: single.thisUpdate,
    nextUpdate: single.nextUpdate,
    producedAt: basic.producedAt,
    evidence: { ...messages, responderCertificate: responder.der },
    ...(receipts && { receipts }),
  };
}

function statusOf({ single: { certStatus }, basic, invalidityDate }: VerifiedAnswer): CertificateStatus {
  if (certStatus.status !== 'revoked') return { status: certStatus.status };
  // RFC 6960, 2.2: since 1970, on hold, and with the extension that tells it from a real revocation.
  const neverIssued =
    certStatus.revocationTime === 0 &&
    certStatus.reason === 'certificateHold' &&
    basic.extensions?.some(({ id }) => id === EXTENDED_REVOKE.id);
  return {
    ...certStatus,
    ...(invalidityDate !== undefined && { invalidityDate }),
    ...(neverIssued && { neverIssued }),
  };
}

function receiptsOf({ [RECEIPT]: header }: HttpAnswer['headers']): OcspResult['receipts'] {
  return header === undefined ? undefined : parseReceipts(String(header));
}
