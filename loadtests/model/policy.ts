import { assumed, marked } from './figure.ts';
import type { Figure } from './figure.ts';
import type { SignatureAlgorithm } from './measured.ts';

/** How an installation is laid out. */
export interface Policy {
  /** Sites that answer. Each is sized to carry the whole peak without the others. */
  readonly sites: Figure;
  /** How busy the cores of a site may be when it carries the peak alone. */
  readonly busyAtPeak: Figure;
  readonly coresANode: Figure;
  /** Nodes that a site has at least, so that one may be replaced. */
  readonly nodesASite: Figure;
  /** Workers that a node has at least. */
  readonly workersANode: Figure;
  readonly algorithm: SignatureAlgorithm;
  /** Of all checks, those with a nonce: each is signed anew. */
  readonly liveShare: Figure;
  /** Of all checks, those that open a connection first. */
  readonly handshakeShare: Figure;
  /** How long a responder remembers a nonce. */
  readonly retryWindow: Figure;
  /** Snapshots of the index on a disk. */
  readonly snapshots: Figure;
  /** How full a disk may be. */
  readonly diskFill: Figure;
  /** How long journals have to last while the broker is away. */
  readonly brokerOutage: Figure;
  readonly brokerReplicas: Figure;
  readonly brokerRetention: Figure;
  /** What a partition takes in. */
  readonly partitionThroughput: Figure;
  readonly leastPartitions: Figure;
  readonly workerMemory: Figure;
  readonly mainMemory: Figure;
  readonly memoryFill: Figure;
  readonly database: DatabasePolicy;
}

/** What the databases keep. */
export interface DatabasePolicy {
  /** A registered certificate with its share of persons, edges, blind indexes. */
  readonly octetsACertificate: Figure;
  /** A row of the meter, with its indexes. */
  readonly octetsARow: Figure;
  /** Kinds of usage (class, carrier, purpose, outcome) that a relying party has within a minute, and within a day. */
  readonly kindsAMinute: Figure;
  readonly kindsADay: Figure;
  /** Minutes of a day in which a relying party checks anything. */
  readonly minutesADay: Figure;
  readonly retention: Figure;
}

/** The rule of this plan: two sites, and whichever is left is at most 60 % busy at the peak. */
export const POLICY = marked({
  sites: assumed(2, 'sites', 'The design: two, each able to carry 16,000 checks/s alone.'),
  busyAtPeak: assumed(0.6, 'share', 'Above it, answers wait for each other; bursts within a second need the rest.'),
  coresANode: assumed(8, 'cores', 'A machine that every data centre and cloud has.'),
  nodesASite: assumed(2, 'nodes', 'One may be replaced while the other answers.'),
  workersANode: assumed(2, 'workers', 'One may be replaced while the other answers.'),
  algorithm: 'rsa-2048',
  liveShare: assumed(0.8, 'share', 'PF providers send a nonce, so that a repetition is charged once (ADR 5).'),
  handshakeShare: assumed(0.01, 'share', 'PF providers keep connections: one carries a hundred checks.'),
  retryWindow: assumed(60, 'seconds', 'What the responder does (ADR 5).'),
  snapshots: assumed(3, 'times', 'The one in use, the one before it, and the one being written.'),
  diskFill: assumed(0.7, 'share', 'A database needs room to rewrite, a journal room to grow.'),
  brokerOutage: assumed(24, 'hours', 'A broker is repaired within a day.'),
  brokerReplicas: assumed(3, 'replicas', 'Three copies, two of them written before a segment is acknowledged.'),
  brokerRetention: assumed(7, 'days', 'A consumer may be away for a week.'),
  partitionThroughput: assumed(5_000_000, 'octets a second', 'A tenth of what a broker writes on an ordinary disk.'),
  leastPartitions: assumed(6, 'partitions', 'So that two to six consumers share them evenly.'),
  workerMemory: assumed(150_000_000, 'octets', 'A thread of V8 with its answers and connections.'),
  mainMemory: assumed(400_000_000, 'octets', 'The Nest application, the event log client, buffers.'),
  memoryFill: assumed(0.6, 'share', 'A snapshot is copied on write beside the index.'),
  database: {
    octetsACertificate: assumed(600, 'octets', 'Rows of certificate, person and succession, with their indexes.'),
    octetsARow: assumed(250, 'octets', 'Keys are text, and stand in the index again.'),
    kindsAMinute: assumed(2, 'rows', 'Class and outcome vary; the rest hardly.'),
    kindsADay: assumed(12, 'rows', 'Two classes, two carriers, three outcomes.'),
    minutesADay: assumed(600, 'times', 'Ten hours of every minute.'),
    retention: assumed(13, 'months', 'A year and the month that is closing; the meter deletes nothing yet.'),
  },
}) satisfies Policy;
