import type { Figure, Level } from './figure.ts';
import { checksAMonth, checksOnBusiestDay, peak } from './demand.ts';
import { downloadsOf, octetsOfAllCrls } from './downloads.ts';
import { meterOf } from './meter-capacity.ts';
import type { MeterCapacity } from './meter-capacity.ts';
import type { Measured } from './measured.ts';
import { NATION } from './nation.ts';
import type { Policy } from './policy.ts';
import { issuedCertificates, liveEntries } from './revocations.ts';

const MICROSECONDS = 1e6;
const SECONDS_AN_HOUR = 3600;

/** What is to be carried. */
export interface Load {
  readonly checksASecond: number;
  readonly checksADay: number;
  readonly checksAMonth: number;
  readonly relyingParties: number;
  readonly issuedCertificates: number;
  readonly liveEntries: number;
  readonly crlOctetsASecond: number;
}

/** Responders of one site. */
export interface ResponderCapacity {
  /** CPU of a check, mean over live and cached ones. */
  readonly microsecondsACheck: number;
  /** Cores that the peak keeps busy. */
  readonly busyCores: number;
  readonly nodes: number;
  readonly cores: number;
  /** `KAKUNIN_OCSP_WORKERS`: so many that a site may lose a node, as far as there are cores. */
  readonly workersANode: number;
  /** How busy they are at the peak when this site carries all of it, and when all sites share it. */
  readonly busyAlone: number;
  readonly busyShared: number;
  readonly memoryANode: number;
  readonly diskANode: number;
  readonly bitsASecond: number;
}

/** What an installation needs. Octets are decimal; sites are alike. */
export interface CapacityPlan {
  readonly sites: number;
  readonly responders: ResponderCapacity;
  readonly publisher: {
    /** To encode every CRL once. */
    readonly cpuSeconds: number;
    readonly crlOctets: number;
    readonly cdnBitsASecond: number;
  };
  readonly meter: MeterCapacity;
  readonly registryOctets: number;
  /** Cores of all databases together, and of all brokers, at the peak. */
  readonly databaseCores: number;
  readonly brokerCores: number;
}

/** What the model says of a level. */
export const loadOf = (level: Level): Load => ({
  checksASecond: peak(level),
  checksADay: checksOnBusiestDay(level),
  checksAMonth: checksAMonth(level),
  relyingParties: NATION.relyingParties[level].value,
  issuedCertificates: issuedCertificates(),
  liveEntries: liveEntries('signature') + liveEntries('userAuthentication'),
  crlOctetsASecond: downloadsOf(level).peakOctetsASecond,
});

/** CPU of a check over mutual TLS, in microseconds: live and cached in their shares, journal and receipt included. */
export function microsecondsACheck({ cpu }: Measured, { algorithm, liveShare, handshakeShare }: Policy): number {
  if (cpu.wholeCheck) return cpu.wholeCheck.value;
  const live = cpu.liveAgainstFloor.value * (cpu.floor.value + cpu.signature[algorithm].value);
  const answer = liveShare.value * live + (1 - liveShare.value) * cpu.cachedAnswer.value;
  const connection = cpu.tls.value + handshakeShare.value * cpu.handshake.value;
  return answer + connection + cpu.journalRecord.value + cpu.receipt.value;
}

/** Octets of a status index in memory, and of its snapshot. */
const indexOctets = (load: Load, { octets }: Measured): number =>
  load.issuedCertificates * octets.indexCertificate.value + load.liveEntries * octets.indexRevocation.value;

/** Responders of one of the sites, each of which can carry the whole peak. */
export function respondersOf(load: Load, measured: Measured, policy: Policy): ResponderCapacity {
  const { octets } = measured;
  const perCheck = microsecondsACheck(measured, policy);
  const busyCores = (load.checksASecond * perCheck) / MICROSECONDS;
  const coresANode = policy.coresANode.value;
  const nodes = Math.max(policy.nodesASite.value, Math.ceil(busyCores / policy.busyAtPeak.value / coresANode));
  const cores = nodes * coresANode;
  const withoutOne = Math.ceil(busyCores / policy.busyAtPeak.value / Math.max(1, nodes - 1));
  const workersANode = Math.min(coresANode, Math.max(policy.workersANode.value, withoutOne));
  const index = indexOctets(load, measured);
  const retries = (load.checksASecond * policy.liveShare.value * policy.retryWindow.value) / nodes;
  const memory =
    index +
    retries * octets.retryWindowRequest.value +
    workersANode * policy.workerMemory.value +
    policy.mainMemory.value;
  const journal = load.checksASecond * octets.usageRecord.value * policy.brokerOutage.value * SECONDS_AN_HOUR;
  return {
    microsecondsACheck: perCheck,
    busyCores,
    nodes,
    cores,
    workersANode,
    busyAlone: busyCores / cores,
    busyShared: busyCores / cores / policy.sites.value,
    memoryANode: memory / policy.memoryFill.value,
    diskANode: (journal / nodes + policy.snapshots.value * index) / policy.diskFill.value,
    bitsASecond: load.checksASecond * (octets.request.value + octets.response.value) * 8,
  };
}

/** The plan for a load. */
export function capacityOf(load: Load, measured: Measured, policy: Policy): CapacityPlan {
  const responders = respondersOf(load, measured, policy);
  const coresFor = ({ value }: Figure): number => (load.checksASecond * value) / MICROSECONDS / policy.busyAtPeak.value;
  return {
    sites: policy.sites.value,
    responders,
    publisher: {
      cpuSeconds: load.liveEntries / measured.crlEntriesACpuSecond.value,
      crlOctets: octetsOfAllCrls(),
      cdnBitsASecond: load.crlOctetsASecond * 8,
    },
    meter: meterOf(load, measured, {
      policy,
      workers: responders.workersANode * responders.nodes * policy.sites.value,
    }),
    registryOctets: (load.issuedCertificates * policy.database.octetsACertificate.value) / policy.diskFill.value,
    databaseCores: coresFor(measured.cpu.database),
    brokerCores: coresFor(measured.cpu.broker),
  };
}
