import { capacityOf, loadOf } from './capacity.ts';
import type { CapacityPlan } from './capacity.ts';
import { LEVELS } from './figure.ts';
import type { Level } from './figure.ts';
import {
  busiestHour,
  checksAMonth,
  checksAMonthOf,
  checksOnBusiestDay,
  HOURS_OF_DAY,
  peak,
  rate,
  rateOf,
  usageAMonth,
} from './demand.ts';
import { downloadsOf, stampedeOf } from './downloads.ts';
import { ALGORITHMS } from './measured.ts';
import type { Measured } from './measured.ts';
import type { Policy } from './policy.ts';
import { revocationsADay, revocationsByQuarterHour, revocationsOnPeakDay } from './revocations.ts';
import { grouped, percent, prefixed } from './table.ts';
import type { Table } from './table.ts';
import { USE_CASES, USES } from './use-cases.ts';

const MILLION = 1e6;

const millions = (value: number): string => `${grouped(value / MILLION)} M`;

const perLevel = (name: string, cell: (level: Level) => string): readonly string[] => [name, ...LEVELS.map(cell)];

const hourOf = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;

/** Checks and downloads of each level. */
export const demandTable = (): Table => ({
  head: ['', ...LEVELS],
  rows: [
    ...USE_CASES.map((use) =>
      perLevel(`checks a month: ${USES[use].label.en}`, (level) => millions(checksAMonthOf(use, level))),
    ),
    perLevel('**checks a month**', (level) => `**${millions(checksAMonth(level))}**`),
    perLevel('of them signature certificates', (level) => millions(usageAMonth(level).signature)),
    perLevel('checks on the busiest day', (level) => millions(checksOnBusiestDay(level))),
    perLevel('busiest hour (JST)', (level) => hourOf(busiestHour(level))),
    perLevel('checks/s, mean of that hour', (level) => grouped(rate(level, busiestHour(level)))),
    perLevel('**checks/s, daytime peak**', (level) => `**${grouped(peak(level))}**`),
    perLevel('CRL requests/s, mean', (level) => grouped(downloadsOf(level).requestsASecond)),
    perLevel('CRL requests/s, on the hour', (level) => grouped(downloadsOf(level).peakRequestsASecond)),
    perLevel('CRL requests/s, stampede', (level) => grouped(stampedeOf(level).requestsASecond)),
    perLevel('stampede leaves the CDN with', (level) => prefixed(stampedeOf(level).octetsASecond * 8, 'bit/s')),
  ],
});

/** Revocations of a mean and of the busiest day. */
export const revocationTable = (): Table => ({
  head: ['', 'mean day', 'peak day'],
  rows: [
    ['revocations a day', ...[revocationsADay(), revocationsOnPeakDay()].map((value) => grouped(value))],
    [
      'busiest quarter of an hour',
      ...[revocationsADay(), revocationsOnPeakDay()].map((aDay) =>
        grouped(Math.max(...revocationsByQuarterHour(aDay))),
      ),
    ],
  ],
});

/** Checks a second by hour of the busiest day and use. */
export const hoursTable = (level: Level): Table => ({
  head: ['JST', ...USE_CASES.map((use) => USES[use].label.ja), '計'],
  rows: HOURS_OF_DAY.map((hour) => [
    hourOf(hour),
    ...USE_CASES.map((use) => grouped(rateOf(use, level, hour), 1)),
    grouped(rate(level, hour), 1),
  ]),
});

type CapacityRow = readonly [name: string, cell: (plan: CapacityPlan) => string];

const CAPACITY_ROWS: readonly CapacityRow[] = [
  ['responders: sites', ({ sites }) => String(sites)],
  ['CPU a check', ({ responders }) => `${grouped(responders.microsecondsACheck)} µs`],
  ['cores busy at the peak', ({ responders }) => responders.busyCores.toFixed(1)],
  ['**nodes a site**', ({ responders }) => `**${responders.nodes}**`],
  ['cores a site', ({ responders }) => String(responders.cores)],
  ['workers a node', ({ responders }) => String(responders.workersANode)],
  ['busy at the peak, one site down', ({ responders }) => percent(responders.busyAlone)],
  ['busy at the peak, all sites up', ({ responders }) => percent(responders.busyShared)],
  ['memory a node', ({ responders }) => prefixed(responders.memoryANode, 'B')],
  ['disk a node', ({ responders }) => prefixed(responders.diskANode, 'B')],
  ['bandwidth a site', ({ responders }) => prefixed(responders.bitsASecond, 'bit/s')],
  ['publisher: CPU to encode all CRLs', ({ publisher }) => `${grouped(publisher.cpuSeconds)} s`],
  ['all CRLs', ({ publisher }) => prefixed(publisher.crlOctets, 'B')],
  ['CDN, on the hour', ({ publisher }) => prefixed(publisher.cdnBitsASecond, 'bit/s')],
  ['meter: cores at the peak', ({ meter }) => meter.cores.toFixed(2)],
  ['broker: partitions of usage', ({ meter }) => String(meter.partitions)],
  ['broker: written, all replicas', ({ meter }) => prefixed(meter.brokerOctetsASecond, 'B/s')],
  ['broker: disk, all replicas', ({ meter }) => prefixed(meter.brokerDisk, 'B')],
  ['meter: rows a month', ({ meter }) => millions(meter.rowsAMonth)],
  ['meter: database', ({ meter }) => prefixed(meter.databaseOctets, 'B')],
  ['records and ledgers, a year', ({ meter }) => prefixed(meter.objectOctetsAYear, 'B')],
  ['registry: database', ({ registryOctets }) => prefixed(registryOctets, 'B')],
];

/** The capacity plan of each level. */
export function capacityTable(measured: Measured, policy: Policy): Table {
  const plans = LEVELS.map((level) => capacityOf(loadOf(level), measured, policy));
  return { head: ['', ...LEVELS], rows: CAPACITY_ROWS.map(([name, cell]) => [name, ...plans.map(cell)]) };
}

/** Nodes a site by the algorithm that responders sign with. */
export const algorithmTable = (measured: Measured, policy: Policy): Table => ({
  head: ['nodes a site (cores busy at the peak)', ...LEVELS],
  rows: ALGORITHMS.map((algorithm) =>
    perLevel(algorithm, (level) => {
      const { nodes, busyCores } = capacityOf(loadOf(level), measured, { ...policy, algorithm }).responders;
      return `${nodes} (${busyCores.toFixed(1)})`;
    }),
  ),
});
