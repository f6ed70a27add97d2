import { capacityOf, loadOf } from './capacity.ts';
import type { CapacityPlan } from './capacity.ts';
import { LEVELS } from './figure.ts';
import { LEVEL_WORDS } from './language.ts';
import type { Language, Words } from './language.ts';
import { ALGORITHMS } from './measured.ts';
import type { Measured } from './measured.ts';
import type { Policy } from './policy.ts';
import { grouped, millions, percent, prefixed } from './table.ts';
import type { Table } from './table.ts';

/** What a plan is made from, and the language that it is printed in. */
export interface CapacityTableInput {
  readonly measured: Measured;
  readonly policy: Policy;
  readonly language: Language;
}

type CapacityRow = readonly [name: Words, cell: (plan: CapacityPlan, language: Language) => string];

const RESPONDER_ROWS: readonly CapacityRow[] = [
  [{ ja: 'レスポンダー：拠点', en: 'responders: sites' }, ({ sites }) => String(sites)],
  [{ ja: '確認1件の CPU', en: 'CPU a check' }, ({ responders }) => `${grouped(responders.microsecondsACheck)} µs`],
  [{ ja: '最繁時に使うコア', en: 'cores busy at the peak' }, ({ responders }) => responders.busyCores.toFixed(1)],
  [{ ja: '**1拠点の台数**', en: '**nodes a site**' }, ({ responders }) => `**${responders.nodes}**`],
  [{ ja: '1拠点のコア', en: 'cores a site' }, ({ responders }) => String(responders.cores)],
  [{ ja: '1台のワーカー', en: 'workers a node' }, ({ responders }) => String(responders.workersANode)],
  [
    { ja: '最繁時の使用率、1拠点停止', en: 'busy at the peak, one site down' },
    ({ responders }) => percent(responders.busyAlone),
  ],
  [
    { ja: '最繁時の使用率、全拠点', en: 'busy at the peak, all sites up' },
    ({ responders }) => percent(responders.busyShared),
  ],
  [{ ja: '1台のメモリ', en: 'memory a node' }, ({ responders }) => prefixed(responders.memoryANode, 'B')],
  [{ ja: '1台のディスク', en: 'disk a node' }, ({ responders }) => prefixed(responders.diskANode, 'B')],
  [{ ja: '1拠点の帯域', en: 'bandwidth a site' }, ({ responders }) => prefixed(responders.bitsASecond, 'bit/s')],
];

const OTHER_ROWS: readonly CapacityRow[] = [
  [
    { ja: '全 CRL の作成に要する CPU', en: 'publisher: CPU to encode all CRLs' },
    ({ publisher }) => `${grouped(publisher.cpuSeconds)} s`,
  ],
  [{ ja: '全 CRL の大きさ', en: 'all CRLs' }, ({ publisher }) => prefixed(publisher.crlOctets, 'B')],
  [
    { ja: 'CDN の帯域、毎正時', en: 'CDN, on the hour' },
    ({ publisher }) => prefixed(publisher.cdnBitsASecond, 'bit/s'),
  ],
  [{ ja: '課金メーター：最繁時のコア', en: 'meter: cores at the peak' }, ({ meter }) => meter.cores.toFixed(2)],
  [
    { ja: 'ブローカー：利用記録のパーティション', en: 'broker: partitions of usage' },
    ({ meter }) => String(meter.partitions),
  ],
  [
    { ja: 'ブローカー：書込み、全複製', en: 'broker: written, all replicas' },
    ({ meter }) => prefixed(meter.brokerOctetsASecond, 'B/s'),
  ],
  [
    { ja: 'ブローカー：ディスク、全複製', en: 'broker: disk, all replicas' },
    ({ meter }) => prefixed(meter.brokerDisk, 'B'),
  ],
  [
    { ja: '課金メーター：月間の行', en: 'meter: rows a month' },
    ({ meter }, language) => millions(meter.rowsAMonth, language),
  ],
  [{ ja: '課金メーター：データベース', en: 'meter: database' }, ({ meter }) => prefixed(meter.databaseOctets, 'B')],
  [
    { ja: 'データベース全体：最繁時のコア', en: 'all databases: cores at the peak' },
    ({ databaseCores }) => databaseCores.toFixed(2),
  ],
  [{ ja: 'ブローカー：最繁時のコア', en: 'brokers: cores at the peak' }, ({ brokerCores }) => brokerCores.toFixed(2)],
  [
    { ja: '利用記録と台帳、年間', en: 'records and ledgers, a year' },
    ({ meter }) => prefixed(meter.objectOctetsAYear, 'B'),
  ],
  [{ ja: '登録簿：データベース', en: 'registry: database' }, ({ registryOctets }) => prefixed(registryOctets, 'B')],
];

const headOf = (language: Language, first = ''): readonly string[] => [
  first,
  ...LEVELS.map((level) => LEVEL_WORDS[level][language]),
];

/** The capacity plan of each level. */
export function capacityTable({ measured, policy, language }: CapacityTableInput): Table {
  const plans = LEVELS.map((level) => capacityOf(loadOf(level), measured, policy));
  return {
    head: headOf(language),
    rows: [...RESPONDER_ROWS, ...OTHER_ROWS].map(([name, cell]) => [
      name[language],
      ...plans.map((plan) => cell(plan, language)),
    ]),
  };
}

/** Nodes a site by the algorithm that responders sign with. */
export function algorithmTable({ measured, policy, language }: CapacityTableInput): Table {
  const first = { ja: '1拠点の台数（最繁時に使うコア）', en: 'nodes a site (cores busy at the peak)' }[language];
  return {
    head: headOf(language, first),
    rows: ALGORITHMS.map((algorithm) => [
      algorithm,
      ...LEVELS.map((level) => {
        const { nodes, busyCores } = capacityOf(loadOf(level), measured, { ...policy, algorithm }).responders;
        return `${nodes} (${busyCores.toFixed(1)})`;
      }),
    ]),
  };
}
