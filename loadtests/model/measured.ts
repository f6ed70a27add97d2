import { assumed, marked, measured } from './figure.ts';
import type { Figure } from './figure.ts';

/** Algorithms that a responder may sign with. */
export const ALGORITHMS = ['ecdsa-p256', 'rsa-2048', 'ecdsa-p384'] as const;

export type SignatureAlgorithm = (typeof ALGORITHMS)[number];

/** What one of everything costs: CPU by kind of request, octets by kind of thing. A campaign puts in what it measured. */
export interface Measured {
  readonly cpu: {
    /** An answer that was signed before, over plain HTTP. */
    readonly cachedAnswer: Figure;
    /** Go's empty HTTP handler: the floor that live answers are measured against. */
    readonly floor: Figure;
    /** A live answer over plain HTTP against floor and signature together. */
    readonly liveAgainstFloor: Figure;
    readonly signature: Readonly<Record<SignatureAlgorithm, Figure>>;
    /** What mutual TLS adds to an answer on an open connection. */
    readonly tls: Figure;
    /** A full handshake of mutual TLS. */
    readonly handshake: Figure;
    /** A record of the usage journal, digest and retry window included. */
    readonly journalRecord: Figure;
    readonly receipt: Figure;
    /** Counting a record in the meter. */
    readonly counting: Figure;
    /** Of PostgreSQL, and of a broker, a check: all that they do while checks are made, divided by these. */
    readonly database: Figure;
    readonly broker: Figure;
    /** What a campaign measured of a whole check, with everything in it; where it is, it stands for the sum of the others. */
    readonly wholeCheck?: Figure;
    /** A leaf of a usage ledger, reading the segment included. */
    readonly ledgerLeaf: Figure;
  };
  /** Entries of a CRL that a CPU-second encodes. */
  readonly crlEntriesACpuSecond: Figure;
  readonly octets: {
    /** Of the status index, a certificate that was issued, and what one that is revoked takes beside that. */
    readonly indexCertificate: Figure;
    readonly indexRevocation: Figure;
    /** Of the retry window, a request with a nonce in the last 60 s. */
    readonly retryWindowRequest: Figure;
    /** A request and its answer as they cross the network, TLS included. */
    readonly request: Figure;
    readonly response: Figure;
    readonly usageRecord: Figure;
    readonly ledgerLeaf: Figure;
  };
}

const ISSUE_7 = 'npm run benchmark -- ocsp, report of issue 7, November 2026';
const SIGNING =
  'crypto.sign over 300 octets, Node 24, 2026-11-23, both cores busy; a third to two thirds of it on quiet ones';

const BEHIND = 'Segments come once a second and worker, not with each check. A campaign measures it (--measured).';

/** What this repository measured so far, on two cores that others kept busy: rather too much than too little. */
export const MEASURED = marked({
  cpu: {
    cachedAnswer: measured(26, 'µs of CPU', `${ISSUE_7}: cached, 256 connections`),
    floor: measured(38, 'µs of CPU', `${ISSUE_7}: Go's empty handler, same run`),
    liveAgainstFloor: measured(1.17, 'times', `${ISSUE_7}: P-256 1.00 to 1.17, RSA-2048 1.03 to 1.13`),
    signature: {
      'ecdsa-p256': measured(34, 'µs of CPU', SIGNING),
      'rsa-2048': measured(776, 'µs of CPU', SIGNING),
      'ecdsa-p384': measured(1014, 'µs of CPU', SIGNING),
    },
    tls: measured(36, 'µs of CPU', `${ISSUE_7}: mutual TLS 2.4 × plain when cached, 1.4 × with P-256`),
    handshake: measured(2198, 'µs of CPU', `${ISSUE_7}: 455 full handshakes a CPU-second`),
    journalRecord: measured(3.5, 'µs of CPU', 'npm run benchmark -- journal, issue 7: 3.0 to 4.0 with a nonce'),
    receipt: measured(3, 'µs of CPU', 'Report of the receipts, issue 5; ADR 10 says 2'),
    counting: measured(3, 'µs of CPU', 'npm run benchmark -- billing, issue 5: at most 3 a record'),
    database: assumed(100, 'µs of CPU', BEHIND),
    broker: assumed(20, 'µs of CPU', BEHIND),
    ledgerLeaf: measured(34, 'µs of CPU', 'Issue 5: 25 to 30 a leaf, and 4 to read its segment'),
  },
  crlEntriesACpuSecond: measured(1_200_000, 'entries a CPU-second', 'ADR 3: 1.2 to 1.4 million on two busy cores'),
  octets: {
    indexCertificate: measured(0.25, 'octets', 'ADR 8: two bits a certificate'),
    indexRevocation: measured(
      9.35,
      'octets',
      'npm run benchmark -- index, issue 7: 237 MB for 200 M, one in ten revoked, less two bits for each',
    ),
    retryWindowRequest: measured(66, 'octets', 'ADR 5: 170 MB at 43,000 requests with nonce a second, for 60 s'),
    request: assumed(400, 'octets', 'A request with a nonce (154 in testdata), HTTP head and TLS record.'),
    response: assumed(2400, 'octets', 'An RSA-2048 answer with its certificate, receipt, HTTP head and TLS record.'),
    usageRecord: measured(88, 'octets', '@kakunin/usage: 52 octets and the names of PF, SP and authority'),
    ledgerLeaf: measured(355, 'octets', 'docs/reference/usage-ledger.md: its example of 323, and its hash of 32'),
  },
}) satisfies Measured;
