import type { Authority, CertificateEvent, CertificateStatus, StatusWatermark } from '@kakunin/certificates';
import { CERTIFICATE_EVENTS, identityHeaders, STATUS_WATERMARKS } from '@kakunin/event-log';
import type { EventRecord, NewEvent } from '@kakunin/event-log';
import { createTestCa } from '@kakunin/testing';

export const NOT_AFTER = Date.UTC(2030, 0, 1);

const { certificate } = await createTestCa();

export const authorityOf = (authorityId: string, kind: Authority['serialScheme']['kind'] = 'random'): Authority => ({
  authorityId,
  certificateClass: 'signature',
  certificate: Buffer.from(certificate.der).toString('base64'),
  serialScheme: kind === 'sequential' ? { kind, first: '1' } : { kind },
});
export const registered = (authority: Authority): CertificateEvent => ({ type: 'authority_registered', authority });
export const good: CertificateStatus = { status: 'good' };
export const revoked = (reason: 'superseded' | 'certificateHold'): CertificateStatus => {
  return { status: 'revoked', reason, revocationDate: Date.UTC(2026, 9, 1) };
};
export const certificateStatus = (
  authorityId: string,
  serialNumber: string,
  status: CertificateStatus,
): Extract<CertificateEvent, { type: 'certificate_status' }> => ({
  type: 'certificate_status',
  authorityId,
  serialNumber,
  carrier: 'card',
  notAfter: NOT_AFTER,
  status,
});

let lastSequence = 0n;

/** A certificate event as the registry's outbox sends it: each has the next sequence, unless one is given. */
export const certificateEvent = (event: CertificateEvent, sequence: bigint = (lastSequence += 1n)): NewEvent => ({
  topic: CERTIFICATE_EVENTS,
  key: event.type === 'authority_registered' ? event.authority.authorityId : event.authorityId,
  value: Buffer.from(JSON.stringify(event)),
  headers: identityHeaders({ producer: 'registry', sequence }),
});
export const watermark = (at: number, positions: StatusWatermark['positions']): NewEvent => ({
  topic: STATUS_WATERMARKS,
  key: 'linkage-registry',
  value: Buffer.from(JSON.stringify({ at, positions } satisfies StatusWatermark)),
  headers: identityHeaders({ producer: 'registry', sequence: (lastSequence += 1n) }),
});

/** Events as one partition hands them out. */
export const recordsOf = (events: readonly NewEvent[], partition = 0, firstOffset = 0n): EventRecord[] =>
  events.map((event, index) => ({ ...event, partition, offset: firstOffset + BigInt(index), timestamp: 0 }));
