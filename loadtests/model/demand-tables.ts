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
import { LEVELS } from './figure.ts';
import type { Level } from './figure.ts';
import { LEVEL_WORDS } from './language.ts';
import type { Language, Words } from './language.ts';
import { revocationsADay, revocationsByQuarterHour, revocationsOnPeakDay } from './revocations.ts';
import { grouped, millions, prefixed } from './table.ts';
import type { Table } from './table.ts';
import { USE_CASES, USES } from './use-cases.ts';

type DemandRow = readonly [name: Words, cell: (level: Level, language: Language) => string];

const hourOf = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;

const CHECK_ROWS: readonly DemandRow[] = [
  ...USE_CASES.map((use): DemandRow => {
    const { ja, en } = USES[use].label;
    const name = { ja: `月間の確認：${ja}`, en: `checks a month: ${en}` };
    return [name, (level, language) => millions(checksAMonthOf(use, level), language)];
  }),
  [
    { ja: '**月間の確認**', en: '**checks a month**' },
    (level, language) => `**${millions(checksAMonth(level), language)}**`,
  ],
  [
    { ja: 'うち署名用', en: 'of them signature certificates' },
    (level, language) => millions(usageAMonth(level).signature, language),
  ],
  [
    { ja: '最も混む日の確認', en: 'checks on the busiest day' },
    (level, language) => millions(checksOnBusiestDay(level), language),
  ],
  [{ ja: '最も混む時間（JST）', en: 'busiest hour (JST)' }, (level) => hourOf(busiestHour(level))],
  [
    { ja: 'その時間の平均（件/秒）', en: 'checks/s, mean of that hour' },
    (level) => grouped(rate(level, busiestHour(level))),
  ],
  [{ ja: '**最も混む1秒（件）**', en: '**checks/s, daytime peak**' }, (level) => `**${grouped(peak(level))}**`],
];

const DOWNLOAD_ROWS: readonly DemandRow[] = [
  [
    { ja: 'CRL の取得、平均（件/秒）', en: 'CRL requests/s, mean' },
    (level) => grouped(downloadsOf(level).requestsASecond),
  ],
  [
    { ja: 'CRL の取得、毎正時（件/秒）', en: 'CRL requests/s, on the hour' },
    (level) => grouped(downloadsOf(level).peakRequestsASecond),
  ],
  [
    { ja: 'CRL の取得、殺到時（件/秒）', en: 'CRL requests/s, stampede' },
    (level) => grouped(stampedeOf(level).requestsASecond),
  ],
  [
    { ja: '殺到時の CDN の帯域', en: 'stampede leaves the CDN with' },
    (level) => prefixed(stampedeOf(level).octetsASecond * 8, 'bit/s'),
  ],
];

/** Checks and downloads of each level. */
export const demandTable = (language: Language): Table => ({
  head: ['', ...LEVELS.map((level) => LEVEL_WORDS[level][language])],
  rows: [...CHECK_ROWS, ...DOWNLOAD_ROWS].map(([name, cell]) => [
    name[language],
    ...LEVELS.map((level) => cell(level, language)),
  ]),
});

/** Revocations of a mean and of the busiest day. */
export function revocationTable(language: Language): Table {
  const days = [revocationsADay(), revocationsOnPeakDay()];
  const busiestQuarter = (aDay: number): number => Math.max(...revocationsByQuarterHour(aDay));
  const words = {
    ja: { head: ['', '平均の日', '最も多い日'], aDay: '1日の失効', quarter: '最も多い15分間の失効' },
    en: { head: ['', 'mean day', 'peak day'], aDay: 'revocations a day', quarter: 'busiest quarter of an hour' },
  }[language];
  return {
    head: words.head,
    rows: [
      [words.aDay, ...days.map((aDay) => grouped(aDay))],
      [words.quarter, ...days.map((aDay) => grouped(busiestQuarter(aDay)))],
    ],
  };
}

/** Checks a second by hour of the busiest day and use. */
export const hoursTable = (level: Level, language: Language): Table => ({
  head: [
    'JST',
    ...USE_CASES.map((use) => USES[use].label[language]),
    { ja: '計（件/秒）', en: 'all, a second' }[language],
  ],
  rows: HOURS_OF_DAY.map((hour) => [
    hourOf(hour),
    ...USE_CASES.map((use) => grouped(rateOf(use, level, hour), 1)),
    grouped(rate(level, hour), 1),
  ]),
});
