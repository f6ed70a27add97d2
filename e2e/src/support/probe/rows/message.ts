import { certIdOf } from '@kakunin/ocsp';
import { REQUESTOR } from '@kakunin/ocsp/testing/request-corpus';
import { SERIAL_NUMBERS } from '../population.ts';
import { MALFORMED, type ProbeRow, type Right } from '../probe.ts';
import { signedRequest } from '../signed-request.ts';

const LIST = 'RFC 6960, 4.1.1';
const SIGNATURE = 'RFC 6960, 4.1.2';
const REVOKED = 'revoked keyCompromise 2026-01-31';

const times = (count: number, what: string): string => `${what} ×${count}`;

const about = (rule: string, count: number, right: Right): ProbeRow => ({
  rule,
  from: LIST,
  ask: (probe) => probe.post(probe.request({ certIds: Array.from({ length: count }, () => probe.certId()) })),
  right,
});

/** Several in one message, and signatures. */
export const MESSAGE_ROWS: readonly ProbeRow[] = [
  about('a message about nothing', 0, MALFORMED),
  {
    rule: 'a message about two',
    from: LIST,
    ask: (probe) => probe.post(probe.about('revoked', 'good')),
    right: [`${REVOKED}, good`, 'unauthorized'],
  },
  about('the same certificate twice', 2, [times(2, 'good'), 'unauthorized']),
  about('a message about 16', 16, [times(16, 'good'), 'unauthorized']),
  about('a message about 17, more than the limit', 17, ['malformedRequest', 'unauthorized', times(17, 'good')]),
  {
    rule: 'a message about two authorities, of which one is known',
    from: LIST,
    ask: (probe) => {
      const { certificate } = probe.population.otherGeneration;
      return probe.post(
        probe.request({ certIds: [probe.certId(), certIdOf(certificate, SERIAL_NUMBERS.good, 'sha1').der] }),
      );
    },
    right: ['unauthorized', 'good, unknown', 'malformedRequest'],
  },
  {
    rule: 'requestorName without a signature',
    from: LIST,
    ask: (probe) => probe.post(probe.request({ requestorName: REQUESTOR })),
    right: ['good'],
  },
  {
    rule: 'a signed request',
    from: SIGNATURE,
    ask: async (probe) => probe.post(await signedRequest(probe, { requestorName: REQUESTOR })),
    right: ['good'],
  },
  {
    rule: 'a signed request with a wrong signature',
    from: SIGNATURE,
    ask: async (probe) => probe.post(await signedRequest(probe, { requestorName: REQUESTOR, covers: Buffer.of(1) })),
    right: ['unauthorized', ...MALFORMED],
  },
  {
    rule: 'a signed request that names no requestor',
    from: SIGNATURE,
    ask: async (probe) => probe.post(await signedRequest(probe, {})),
    right: ['malformedRequest', 'unauthorized', 'HTTP 400'],
  },
];
