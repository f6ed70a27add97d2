import type { Load } from './capacity.ts';
import type { Measured } from './measured.ts';
import { NATION } from './nation.ts';
import type { Policy } from './policy.ts';

const MICROSECONDS = 1e6;
const SECONDS_A_DAY = 86_400;
const MONTHS_A_YEAR = 12;

/** Broker, billing meter and its stores, of the whole installation. */
export interface MeterCapacity {
  /** Partitions of `usage-segments`. */
  readonly partitions: number;
  readonly brokerOctetsASecond: number;
  /** All replicas together. */
  readonly brokerDisk: number;
  /** Cores that counting and ledgers need to keep up with the peak; they may lag behind it and catch up at night. */
  readonly cores: number;
  /** Rows of counts and segments that a month adds. */
  readonly rowsAMonth: number;
  readonly databaseOctets: number;
  /** Usage records and ledgers of a year in the object store, before compression. */
  readonly objectOctetsAYear: number;
}

/**
 * Rows a month: counts by minute and by day of each relying party, and segments. A worker seals one a second while it
 * answers, so they follow the workers and not the checks; at night there are fewer than reckoned here.
 */
function rowsAMonth(load: Load, { database }: Policy, workers: number): number {
  const days = NATION.daysAMonth.value;
  const counts = database.kindsAMinute.value * database.minutesADay.value + database.kindsADay.value;
  const segments = Math.min(workers * SECONDS_A_DAY * days, load.checksAMonth);
  return load.relyingParties * counts * days + segments;
}

/** What the usage of a load needs once it has left the responders, of which `workers` write journals. */
export function meterOf(
  load: Load,
  { cpu, octets }: Measured,
  { policy, workers }: { readonly policy: Policy; readonly workers: number },
): MeterCapacity {
  const octetsASecond = load.checksASecond * octets.usageRecord.value;
  const octetsADay = load.checksADay * octets.usageRecord.value;
  const replicas = policy.brokerReplicas.value;
  const rows = rowsAMonth(load, policy, workers);
  const perCheck = cpu.counting.value + cpu.ledgerLeaf.value;
  return {
    partitions: Math.max(policy.leastPartitions.value, Math.ceil(octetsASecond / policy.partitionThroughput.value)),
    brokerOctetsASecond: octetsASecond * replicas,
    brokerDisk: (octetsADay * policy.brokerRetention.value * replicas) / policy.diskFill.value,
    cores: (load.checksASecond * perCheck) / MICROSECONDS / policy.busyAtPeak.value,
    rowsAMonth: rows,
    databaseOctets: (rows * policy.database.retention.value * policy.database.octetsARow.value) / policy.diskFill.value,
    objectOctetsAYear: load.checksAMonth * MONTHS_A_YEAR * (octets.usageRecord.value + octets.ledgerLeaf.value),
  };
}
