import {
  constructed,
  contextConstructed,
  contextPrimitive,
  DerError,
  type DerReader,
  type DerValue,
  enumerated,
  generalizedTime,
  primitive,
  sequence,
  TAG,
} from '@kakunin/der';
import { REVOCATION_REASONS, type RevocationReason } from '@kakunin/certificates';
import { encodeExtensions, type Extension, readExtensions } from '@kakunin/x509';
import { type CertId, readCertId } from './cert-id.ts';

/** CertStatus (RFC 6960, 4.2.1); revocationTime in epoch ms. The reason `unspecified` is left out, as in a CRL. */
export type CertStatus =
  | { readonly status: 'good' | 'unknown' }
  | { readonly status: 'revoked'; readonly revocationTime: number; readonly reason?: RevocationReason };

/** The answer about one certificate (RFC 6960, 4.2.1). */
export interface SingleResponse {
  readonly certId: CertId;
  readonly certStatus: CertStatus;
  /** Epoch ms; whole seconds are written. */
  readonly thisUpdate: number;
  /** Epoch ms; undefined: newer status is there at any time. */
  readonly nextUpdate?: number | undefined;
  readonly extensions?: readonly Extension[];
}

const NO_OCTETS = new Uint8Array();
const GOOD = primitive(contextPrimitive(0), NO_OCTETS);
const UNKNOWN = primitive(contextPrimitive(2), NO_OCTETS);

/** DER value of an answer about one certificate. */
export function encodeSingleResponse({
  certId,
  certStatus,
  thisUpdate,
  nextUpdate,
  extensions,
}: SingleResponse): DerValue {
  const list = extensions && encodeExtensions(extensions);
  return sequence(
    certId.der,
    encodeCertStatus(certStatus),
    generalizedTime(thisUpdate),
    nextUpdate === undefined ? undefined : constructed(contextConstructed(0), [generalizedTime(nextUpdate)]),
    list && constructed(contextConstructed(1), [list]),
  );
}

function encodeCertStatus(certStatus: CertStatus): DerValue {
  if (certStatus.status !== 'revoked') return certStatus.status === 'good' ? GOOD : UNKNOWN;
  const { reason = 'unspecified', revocationTime } = certStatus;
  return constructed(contextConstructed(1), [
    generalizedTime(revocationTime),
    reason === 'unspecified' ? undefined : constructed(contextConstructed(0), [enumerated(REVOCATION_REASONS[reason])]),
  ]);
}

/** @throws DerError */
export function readSingleResponse(fields: DerReader): SingleResponse {
  const certId = readCertId(fields);
  const certStatus = readCertStatus(fields);
  const thisUpdate = fields.generalizedTime();
  const nextUpdate = fields.explicit(0, (reader) => reader.generalizedTime());
  const extensions = fields.explicit(1, readExtensions) ?? [];
  fields.finish();
  return { certId, certStatus, thisUpdate, nextUpdate, extensions };
}

function readCertStatus(fields: DerReader): CertStatus {
  const revoked = fields.enterIf(contextConstructed(1));
  if (revoked) {
    const revocationTime = revoked.generalizedTime();
    const reason = revoked.explicit(0, readReason);
    revoked.finish();
    return {
      status: 'revoked',
      revocationTime,
      ...(reason && { reason }),
    };
  }
  const status = fields.peek() === contextPrimitive(0) ? 'good' : 'unknown';
  if (fields.content(contextPrimitive(status === 'good' ? 0 : 2)).length > 0)
    throw new DerError('A CertStatus has content.');
  return { status };
}

function readReason(reader: DerReader): RevocationReason {
  return revocationReasonOf(reader.smallInteger(TAG.enumerated));
}

/** The reason of a CRLReason (RFC 5280, 5.3.1). @throws DerError when no certificate can have it */
export function revocationReasonOf(code: number): RevocationReason {
  const reasons = Object.keys(REVOCATION_REASONS) as RevocationReason[];
  const reason = reasons.find((each) => REVOCATION_REASONS[each] === code);
  if (!reason) throw new DerError('A revocation reason is unknown.');
  return reason;
}
