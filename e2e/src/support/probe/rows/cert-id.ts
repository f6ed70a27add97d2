import {
  type DerPart,
  type DerValue,
  encodeDer,
  integer,
  integerOctets,
  nothing,
  objectIdentifier,
  octetString,
  sequence,
} from '@kakunin/der';
import { certIdOf } from '@kakunin/ocsp';
import { HASH_ALGORITHMS, issuerHashes } from '@kakunin/x509';
import { SERIAL_NUMBERS } from '../population.ts';
import { MALFORMED, type Probe, type ProbeRow, type Right } from '../probe.ts';

const CERT_ID = 'RFC 6960, 4.1.1';
const SERIAL = 'RFC 5280, 4.1.2.2';
const SHA1 = '1.3.14.3.2.26';
const NOT_MINE = ['unauthorized', 'unknown', ...MALFORMED] as const satisfies Right;

interface Change {
  readonly algorithm?: DerPart;
  readonly name?: Uint8Array;
  readonly key?: Uint8Array;
  readonly serialNumber?: DerValue;
}

/** A CertID by SHA-1 of the good certificate, with something else in it. */
function changed({ population }: Probe, change: Change): Uint8Array {
  const { issuerNameHash, issuerKeyHash } = issuerHashes(population.ca.certificate, 'sha1');
  return encodeDer(
    sequence(
      change.algorithm ?? sequence(objectIdentifier(SHA1), nothing),
      octetString(change.name ?? issuerNameHash),
      octetString(change.key ?? issuerKeyHash),
      change.serialNumber ?? integerOctets(Buffer.from(SERIAL_NUMBERS.good, 'hex')),
    ),
  );
}

const asks =
  (change: (probe: Probe) => Change) =>
  (probe: Probe): Promise<string> =>
    probe.post(probe.request({ certIds: [changed(probe, change(probe))] }));

const serialNumber = (rule: string, octets: string, right: Right): ProbeRow => ({
  rule,
  from: SERIAL,
  ask: asks(() => ({ serialNumber: integerOctets(Buffer.from(octets, 'hex')) })),
  right,
});

const NEVER_ISSUED: Right = ['unknown', 'revoked certificateHold 1970-01-01', 'unauthorized'];

/** Whom and what a request is about. */
export const CERT_ID_ROWS: readonly ProbeRow[] = [
  ...HASH_ALGORITHMS.map((algorithm): ProbeRow => ({
    rule: `CertID by ${algorithm.replace('sha', 'SHA-')}`,
    from: 'RFC 6960, 4.3; RFC 9919, 3.1.1',
    ask: (probe) => probe.post(probe.request({ certIds: [probe.certId('good', algorithm)] })),
    right: ['good'],
  })),
  {
    rule: 'hash algorithm without parameters, echoed so',
    from: 'RFC 5754, 2',
    ask: asks(() => ({ algorithm: sequence(objectIdentifier(SHA1)) })),
    right: ['good'],
  },
  {
    rule: 'hash algorithm with parameters that it has not',
    from: 'RFC 5754, 2',
    ask: asks(() => ({ algorithm: sequence(objectIdentifier(SHA1), integer(1)) })),
    right: ['malformedRequest', 'unauthorized', 'HTTP 400'],
  },
  {
    rule: 'hash algorithm that nobody knows',
    from: CERT_ID,
    ask: asks(() => ({ algorithm: sequence(objectIdentifier('1.2.3.4'), nothing) })),
    right: NOT_MINE,
  },
  {
    rule: 'a hash of the wrong length',
    from: CERT_ID,
    ask: asks(() => ({ key: new Uint8Array(32) })),
    right: ['malformedRequest', 'unauthorized', 'unknown', 'HTTP 400'],
  },
  {
    rule: 'the name of the authority with another key',
    from: CERT_ID,
    ask: asks(() => ({ key: new Uint8Array(20) })),
    right: NOT_MINE,
  },
  {
    rule: 'the key of the authority with another name',
    from: CERT_ID,
    ask: asks(() => ({ name: new Uint8Array(20) })),
    right: NOT_MINE,
  },
  {
    rule: 'another key generation with the same name',
    from: CERT_ID,
    ask: (probe) => {
      const { certificate } = probe.population.otherGeneration;
      return probe.post(probe.request({ certIds: [certIdOf(certificate, SERIAL_NUMBERS.good, 'sha1').der] }));
    },
    right: NOT_MINE,
  },
  serialNumber('serial number 0', '00', NEVER_ISSUED),
  serialNumber('serial number of 20 octets', SERIAL_NUMBERS.longest, ['good']),
  serialNumber('serial number whose first bit is set', `00${SERIAL_NUMBERS.highBit}`, ['good']),
  serialNumber('negative serial number, of the same octets', SERIAL_NUMBERS.highBit, [...NEVER_ISSUED, ...MALFORMED]),
  serialNumber('serial number of 21 octets', `7f${'5a'.repeat(20)}`, [...NEVER_ISSUED, ...MALFORMED]),
  serialNumber('serial number with leading zeros', `0000${SERIAL_NUMBERS.good}`, MALFORMED),
  serialNumber('serial number without octets', '', MALFORMED),
];
