import type { CampaignRun } from '../run/run-campaign.ts';
import type { Latency } from '../run/results.ts';
import { isGenerator, type Sample } from '../run/sampler.ts';
import type { Chart, Series } from './chart.ts';

const MEGABYTE = 1e6;

/** As a meeting calls them. */
const NAMES: Readonly<Record<string, string>> = {
  'ocsp-responder': 'OCSP応答 / responder',
  'billing-meter': '課金 / meter',
  'crl-publisher': 'CRL配信 / publisher',
  'linkage-registry': '登録簿 / registry',
  'event log': 'イベントログ / event log',
};
const nameOf = (service: string): string => NAMES[service] ?? service;

/** What the report draws, in the order of its pages. */
export function chartsOf(run: CampaignRun): readonly Chart[] {
  const { results, windowSeconds, outages } = run;
  const seconds = run.plans[0]!.seconds;
  const common = { seconds, outages };
  const windows = <V>(name: string, values: readonly V[], pick: (value: V) => number | undefined): Series => ({
    name,
    points: values.map((value, window) => ({ second: (window + 0.5) * windowSeconds, value: pick(value) })),
  });
  const latency = (of: readonly (Latency | undefined)[]): Series[] => [
    windows('50 %', of, (value) => value?.p50),
    windows('95 %', of, (value) => value?.p95),
    windows('99 %', of, (value) => value?.p99),
    windows('99.9 %', of, (value) => value?.p999),
  ];
  const aSecond = (count: number): number => count / windowSeconds;
  return [
    {
      ...common,
      title: '要求とエラー / Requests and errors',
      unit: '件/秒 · 1/s',
      series: [
        windows('要求 / requests', results.counts.asked, aSecond),
        windows('エラー / errors', results.counts.failed, aSecond),
      ],
    },
    {
      ...common,
      title: 'OCSPの応答時間 / OCSP latency',
      unit: 'ms',
      series: latency(results.windows.ocsp_duration),
      limit: 50,
    },
    {
      ...common,
      title: 'CRLの更新確認（304） / CRL 304s',
      unit: 'ms',
      series: latency(results.windows.crl_not_modified_duration).slice(0, 3),
      limit: 20,
    },
    {
      ...common,
      title: '使用中のコア / Cores in use',
      unit: 'コア / cores',
      series: byService(run.samples, ({ cores }) => cores),
    },
    {
      ...common,
      title: 'メモリ / Memory',
      unit: 'MB',
      series: byService(run.samples, ({ memory }) => (memory === undefined ? undefined : memory / MEGABYTE)),
    },
    {
      ...common,
      title: '失効情報の鮮度 / Age of status data',
      unit: 's',
      series: metric(run.samples, 'kakunin_status_data_age_seconds'),
      limit: 2,
    },
    {
      ...common,
      title: '待ち行列 / Waiting',
      unit: '件 / count',
      series: [
        ...metric(run.samples, 'kakunin_ocsp_signing_queue_requests', '署名待ち / to be signed'),
        ...metric(run.samples, 'kakunin_usage_journal_unsent_segments', '送信待ち / segments unsent'),
      ],
    },
  ];
}

/** One curve a service; the generators are drawn as one. */
function byService(samples: readonly Sample[], pick: (sample: Sample) => number | undefined): Series[] {
  const own = samples.filter(({ service }) => !isGenerator(service));
  const names = [...new Set(own.map(({ service }) => service))];
  const generators = new Map<number, number>();
  for (const sample of samples.filter(({ service }) => isGenerator(service))) {
    const second = Math.round(sample.second);
    generators.set(second, (generators.get(second) ?? 0) + (pick(sample) ?? 0));
  }
  return [
    ...names.map((name) => ({
      name: nameOf(name),
      points: own
        .filter(({ service }) => service === name)
        .map((sample) => ({ second: sample.second, value: pick(sample) })),
    })),
    { name: '負荷の生成側 / generators', points: [...generators].map(([second, value]) => ({ second, value })) },
  ];
}

function metric(samples: readonly Sample[], name: string, label?: string): Series[] {
  const found = samples.filter(({ metrics }) => name in metrics);
  return [...new Set(found.map(({ service }) => service))].map((service) => ({
    name: label ?? nameOf(service),
    points: found
      .filter((sample) => sample.service === service)
      .map(({ second, metrics }) => ({ second, value: metrics[name] })),
  }));
}
