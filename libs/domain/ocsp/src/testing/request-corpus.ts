import {
  bitString,
  constructed,
  contextConstructed,
  type DerPart,
  encodeDer,
  integer,
  integerOctets,
  nothing,
  objectIdentifier,
  octetString,
  sequence,
} from '@kakunin/der';
import {
  encodeExtensions,
  encodeName,
  type Extension,
  HASH_ALGORITHMS,
  type HashAlgorithm,
  hashAlgorithmIdentifier,
  hashLength,
  signatureAlgorithmIdentifier,
} from '@kakunin/x509';
import { OCSP } from '../object-identifiers.ts';

const SERIAL_NUMBERS = ['01', '7f', '0080', '00ff', '1000', '7b'.repeat(16), `00${'ff'.repeat(20)}`];
const NONCE_OCTETS = [1, 16, 32, 128];

const nonce = (length: number): Extension => ({
  id: OCSP.nonce,
  critical: false,
  value: encodeDer(octetString(new Uint8Array(length).fill(length))),
});
const PREFERRED: Extension = {
  id: OCSP.preferredSignatureAlgorithms,
  critical: true,
  value: encodeDer(
    sequence(
      sequence(signatureAlgorithmIdentifier['ecdsa-p384-sha384']),
      sequence(signatureAlgorithmIdentifier['rsa-sha256']),
    ),
  ),
};
const SERVICE_LOCATOR: Extension = { id: OCSP.serviceLocator, critical: false, value: encodeDer(sequence(sequence())) };

/** A directoryName. */
export const REQUESTOR: DerPart = constructed(contextConstructed(4), [encodeName([['CN', 'PF']])]);

function certId(algorithm: HashAlgorithm, serialNumber: string): DerPart {
  const hash = octetString(new Uint8Array(hashLength[algorithm]).fill(serialNumber.length));
  return sequence(hashAlgorithmIdentifier[algorithm], hash, hash, integerOctets(Buffer.from(serialNumber, 'hex')));
}

const tagged = (number: number, part: DerPart | undefined) => part && constructed(contextConstructed(number), [part]);

/** Parts of an OCSPRequest (RFC 6960, 4.1.1); what is left out is not there. */
export interface RequestParts {
  readonly version?: DerPart;
  /** A GeneralName. */
  readonly requestorName?: DerPart;
  /** One about a certificate of nobody when left out. */
  readonly requests?: readonly DerPart[];
  readonly extensions?: readonly Extension[];
  readonly signature?: DerPart;
}

/** A TBSRequest of these parts, well-formed or not. */
export const tbsRequestWith = (parts: RequestParts): Uint8Array =>
  encodeDer(
    sequence(
      tagged(0, parts.version),
      tagged(1, parts.requestorName),
      sequence(...(parts.requests ?? [sequence(certId('sha256', '1000'))])),
      tagged(2, encodeExtensions(parts.extensions ?? [])),
    ),
  );

/** An OCSPRequest of these parts, well-formed or not. */
export const requestWith = (parts: RequestParts): Uint8Array =>
  encodeDer(sequence(tbsRequestWith(parts), tagged(0, parts.signature)));

/** Requests of the ordinary shape: each hash algorithm, serial numbers of all lengths, with nonces and without. */
export const ordinaryRequests = (): readonly Uint8Array[] =>
  HASH_ALGORITHMS.flatMap((algorithm) =>
    SERIAL_NUMBERS.flatMap((serialNumber) => {
      const requests = [sequence(certId(algorithm, serialNumber))];
      return [
        requestWith({ requests }),
        ...NONCE_OCTETS.map((length) => requestWith({ requests, extensions: [nonce(length)] })),
      ];
    }),
  );

/** Well-formed requests of every other shape: several, extensions, a version, a name, a signature, no parameters. */
export function otherRequests(): readonly Uint8Array[] {
  const [one, other] = [certId('sha256', '1000'), certId('sha1', '0080')];
  const requests = [sequence(one)];
  const hash = octetString(new Uint8Array(20));
  const unknownHash = sequence(sequence(objectIdentifier('1.2.840.113549.2.5'), nothing), hash, hash, integer(1));
  const signature = sequence(
    signatureAlgorithmIdentifier['ecdsa-p256-sha256'],
    bitString(new Uint8Array(70).fill(7)),
    tagged(0, sequence(sequence())),
  );
  return [
    requestWith({ requests: [sequence(one), sequence(other), sequence(one)] }),
    requestWith({ requests: Array.from({ length: 16 }, () => sequence(one)), extensions: [nonce(32)] }),
    requestWith({ requests: [sequence(one, tagged(0, encodeExtensions([SERVICE_LOCATOR])))] }),
    requestWith({ requests: [sequence(unknownHash)] }),
    requestWith({ requests, extensions: [PREFERRED] }),
    requestWith({ requests, extensions: [nonce(32), PREFERRED, SERVICE_LOCATOR] }),
    requestWith({ requests, version: integer(0), requestorName: REQUESTOR }),
    requestWith({ requests, requestorName: REQUESTOR, signature }),
  ];
}

/** All of them. */
export const requestCorpus = (): readonly Uint8Array[] => [...ordinaryRequests(), ...otherRequests()];
