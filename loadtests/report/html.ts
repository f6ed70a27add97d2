import type { Campaign } from '../campaigns/index.ts';
import { algorithmTable, capacityTable } from '../model/capacity-tables.ts';
import { grouped, type Table } from '../model/table.ts';
import type { CampaignRun } from '../run/run-campaign.ts';
import type { Comparison } from './baseline.ts';
import { drawChart } from './chart.ts';
import { isGeneratorTheLimit, measuredBy, policyOf } from './cost.ts';
import { chartsOf } from './curves.ts';
import { shareOf } from './share.ts';
import type { Summary } from './summary.ts';

export interface ReportInput {
  readonly campaign: Campaign;
  readonly run: CampaignRun;
  readonly summary: Summary;
  /** Undefined: there is nothing to compare with. */
  readonly comparison: readonly Comparison[] | undefined;
}

const STYLE = `
body{font:16px/1.7 'BIZ UDPGothic','Hiragino Sans','Noto Sans JP','IPAexGothic',sans-serif;color:#222;max-width:62rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;line-height:1.3}h2{font-size:1.2rem;margin-top:2.5rem;border-bottom:2px solid #ddd}
.en{color:#555;font-size:.9em}.verdict{padding:.6rem 1rem;font-weight:bold;font-size:1.2rem;color:#fff}
.verdict .en{color:#fff}.passed{background:#00634a}.failed{background:#a33c00}
table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{border-bottom:1px solid #ddd;padding:.35rem .5rem;text-align:left;vertical-align:top}
td+td,th+th{text-align:right}table.text td,table.text th{text-align:left}table.text td:first-child{min-width:15em}
svg{width:100%;height:auto;font-size:13px;margin:.5rem 0 1rem}svg .title{font-weight:bold;font-size:15px}
.grid{stroke:#ddd}.limit{stroke:#a33c00;stroke-dasharray:2 4;stroke-width:1.5}.outage{fill:#a33c00;opacity:.18}
@page{size:A4;margin:15mm}
@media print{html{font-size:11px}body{margin:0;max-width:none;font-size:1rem;print-color-adjust:exact}h2{break-after:avoid}svg,tr{break-inside:avoid}}`;

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
const both = (ja: string, en: string): string => `${ja}<br><span class="en" lang="en">${en}</span>`;

const JST = new Intl.DateTimeFormat('ja-JP', { dateStyle: 'long', timeStyle: 'long', timeZone: 'Asia/Tokyo' });

/** The report of a campaign as one HTML file that needs nothing else: Japanese first, English second. */
export function reportHtml({ campaign, run, summary, comparison }: ReportInput): string {
  const { title, question } = campaign;
  const { verdict } = summary;
  const share = shareOf(campaign, run.plans, summary.scale);
  const said = verdict === 'passed' ? both('合格', 'Passed') : both('不合格', 'Failed');
  return `<!doctype html>
<html lang="ja">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title.ja)} – Kakunin 負荷試験報告</title>
<style>${STYLE}</style>
<h1>${escaped(title.ja)}<br><span class="en" lang="en">${escaped(title.en)}</span></h1>
<p>${both(escaped(question.ja), escaped(question.en))}</p>
<p><strong>${both(escaped(share.ja), escaped(share.en))}</strong></p>
<p class="verdict ${verdict}">${said}</p>
<h2>目標と結果 <span class="en" lang="en">Objectives</span></h2>
${objectives(summary)}
<h2>条件 <span class="en" lang="en">Conditions</span></h2>
${conditions(run, summary)}
<h2>推移 <span class="en" lang="en">Over time</span></h2>
<p>${both('濃い帯は停止中の時間、点線は目標値。', 'Shaded: something was down. Dotted: what was promised.')}</p>
${chartsOf(run).map(drawChart).join('\n')}
<h2>CPU使用量 <span class="en" lang="en">CPU</span></h2>
${cost(summary)}
<h2>必要な設備 <span class="en" lang="en">Capacity plan</span></h2>
${capacity(run, summary)}
<h2>前回との比較 <span class="en" lang="en">Compared with the baseline</span></h2>
${compared(comparison)}
</html>
`;
}

const row = (cells: readonly string[], cell = 'td'): string =>
  `<tr>${cells.map((each) => `<${cell}>${each}</${cell}>`).join('')}</tr>`;

const textTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  `<table class="text">${head.some(Boolean) ? `<thead>${row(head, 'th')}</thead>` : ''}<tbody>${rows.map((each) => row(each)).join('')}</tbody></table>`;

const numbers = ({ head, rows }: Table): string => {
  const plain = (cells: readonly string[]): string[] => cells.map((cell) => escaped(cell.replaceAll('**', '')));
  return `<table><thead>${row(plain(head), 'th')}</thead><tbody>${rows.map((each) => row(plain(each))).join('')}</tbody></table>`;
};

const objectives = ({ objectives: all }: Summary): string =>
  textTable(
    [both('目標', 'objective'), both('約束', 'goal'), both('実測', 'measured'), both('判定', 'verdict')],
    all.map(({ title, goal, value, met }) => [
      both(escaped(title.ja), escaped(title.en)),
      escaped(goal),
      escaped(value),
      met ? both('達成', 'met') : `<strong>${both('未達', 'missed')}</strong>`,
    ]),
  );

function conditions(run: CampaignRun, { seed, startedAt, seconds, machine, cost: spent }: Summary): string {
  const { results, plans } = run;
  const certificates = plans[0]!.authorities.reduce((sum, { population }) => sum + population.size, 0);
  const share = `${Math.round(spent.generatorShare * 100)} %`;
  const rows = [
    [both('開始', 'started'), escaped(JST.format(new Date(startedAt)))],
    [both('長さ', 'length'), `${seconds} s`],
    [both('要求', 'requests'), `${grouped(results.asked)}（${grouped(results.asked / seconds)}/s）`],
    [both('証明書（架空）', 'made-up certificates'), `${grouped(certificates)}（seed ${seed}）`],
    [
      both('機械', 'machine'),
      both(
        `${machine.cores}コア（${escaped(machine.model)}）、メモリ${Math.round(machine.memory / 2 ** 30)} GiB`,
        `${machine.cores} cores (${escaped(machine.model)}), ${Math.round(machine.memory / 2 ** 30)} GiB of memory`,
      ),
    ],
    [
      both('負荷の生成側', 'generators'),
      both(
        `k6を${plans.length}個、同じ機械で動かした（事業者ごとに1個）。使われたCPUの${share}は生成側のもの。`,
        `${plans.length} k6 on the same machine, one for each provider; ${share} of the CPU that was used is theirs. Latency is the worst of them.`,
      ),
    ],
  ];
  return textTable(['', ''], rows as string[][]);
}

const micro = (value: number): string => `${grouped(value)} µs`;

/** 0 is nobody's cost: it was not watched. */
const watched = (value: number): string => (value > 0 ? micro(value) : '–');

function cost({ cost: spent, most }: Summary): string {
  const { check, modelled, generator, metering, database, broker } = spent;
  const limit = isGeneratorTheLimit(spent)
    ? `<p><strong>${both('CPUの半分超は負荷の生成側（k6）が使った。応答時間には生成側の待ちが含まれ、限界はk6のもの。', 'k6 is the bottleneck: it took more than half of the CPU. Latency includes its own waiting.')}</strong></p>`
    : '';
  const table = textTable(
    ['', ''],
    [
      [both('OCSPの確認1件（応答側）', 'an OCSP check, responder'), micro(check)],
      [both('同じ構成での試算', 'the model, for the same mix'), micro(modelled)],
      [both('課金1件（課金メーター）', 'a charged check, meter'), micro(metering)],
      [
        both(
          '確認1件あたりのPostgreSQL（登録簿・課金・配信の処理をすべて含む）',
          'PostgreSQL, a check; all its work included',
        ),
        watched(database),
      ],
      [both('確認1件あたりのKafka', 'Kafka, a check'), watched(broker)],
      [both('要求1件（生成側、上には含まない）', 'a request, generator; not in the above'), micro(generator)],
    ],
  );
  return `${limit}${table}${most ? mostTable(most) : ''}`;
}

function mostTable({ live, cached }: NonNullable<Summary['most']>): string {
  const said = both(
    '上限: wrkで応答のたびに次を送り続けたとき（平文のポート、wrkも同じ機械）。',
    'At most: asked by wrk as fast as answers come, on the plain port, wrk on the same machine.',
  );
  const line = (name: string, { aSecond, p99, cpuMicroseconds, refused, errors }: typeof live): string[] => [
    name,
    `${grouped(aSecond)} /s`,
    `${grouped(p99, 1)} ms`,
    micro(cpuMicroseconds),
    grouped(refused + errors),
  ];
  const head = [
    '',
    both('毎秒', 'a second'),
    both('99 %の応答時間', 'p99'),
    both('CPU／件', 'CPU each'),
    both('答えなし', 'no answer'),
  ];
  const rows = [
    line(both('毎回署名（nonceあり）', 'signed each time, with a nonce'), live),
    line(both('署名済みの再利用', 'signed before'), cached),
  ];
  return `<p>${said}</p>${textTable(head, rows)}`;
}

function capacity(run: CampaignRun, { cost: spent }: Summary): string {
  if (spent.check === 0)
    return `<p>${both('応答側のCPUが分からないため、試算しない。', 'No plan: nobody said how much CPU the responder used.')}</p>`;
  const input = { measured: measuredBy(run, spent), policy: policyOf(run), language: 'ja' } as const;
  const explained = both(
    '確認1件のCPUに今回の実測値（P-256署名）を用い、最も混む1秒に使用率60 %を超えないよう、2拠点それぞれが全国を単独で担える台数。',
    'With this campaign’s CPU of a check (signed with P-256): so many nodes that each of two sites carries the nation alone, at most 60 % busy in the busiest second.',
  );
  const byAlgorithm = both('署名方式別の台数（試算のみ）。', 'Nodes by signature algorithm, by the model alone.');
  return `<p>${explained}</p>${numbers(capacityTable(input))}<p>${byAlgorithm}</p>${numbers(algorithmTable({ ...input, measured: modelOnly(input.measured) }))}`;
}

const modelOnly = (measured: ReturnType<typeof measuredBy>): ReturnType<typeof measuredBy> => {
  const { wholeCheck: _wholeCheck, ...cpu } = measured.cpu;
  return { ...measured, cpu };
};

const JUDGED = {
  better: both('改善', 'better'),
  worse: `<strong>${both('悪化', 'worse')}</strong>`,
  alike: both('同程度', 'alike'),
};

function compared(comparison: readonly Comparison[] | undefined): string {
  if (!comparison) return `<p>${both('比較できる前回の結果はない。', 'There is no baseline to compare with.')}</p>`;
  return textTable(
    ['', both('前回', 'before'), both('今回', 'now'), ''],
    comparison.map(({ name, before, now, judged }) => [
      escaped(name),
      `${grouped(before.value, 1)} ${before.unit}`,
      `${grouped(now.value, 1)} ${now.unit}`,
      JUDGED[judged],
    ]),
  );
}
