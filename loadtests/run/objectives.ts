import type { Charges } from './charges.ts';
import type { MemoryGrowth } from './memory-growth.ts';
import type { LoadResults } from './results.ts';
import type { AcknowledgedRevocation, SeenRevocation } from './revoker.ts';

/** Something that was promised, and what was measured. */
export interface Objective {
  readonly id: string;
  readonly title: { readonly ja: string; readonly en: string };
  readonly goal: string;
  readonly value: string;
  readonly met: boolean;
}

/** When something was killed, and when it was ready again; seconds since the load began. */
export interface Outage {
  readonly victim: string;
  readonly from: number;
  readonly to: number;
}

/** Everything that a verdict rests on. */
export interface Measured {
  readonly results: LoadResults;
  readonly windowSeconds: number;
  readonly checker: { readonly verified: number; readonly refused: number };
  readonly revocations: {
    readonly seen: readonly SeenRevocation[];
    readonly lost: number;
    readonly acknowledged: readonly AcknowledgedRevocation[];
    /** How often one was sent again. */
    readonly repeated: number;
    /** Those that never were, by what was said instead. */
    readonly unacknowledged: ReadonlyMap<string, number>;
    readonly expected: boolean;
  };
  readonly charges: Charges;
  readonly outages: readonly Outage[];
  /** What the month's close said; undefined where the campaign has none. */
  readonly closing?: { readonly ok: boolean; readonly detail: string };
  /** Undefined where the campaign is too short to ask. */
  readonly memory?: readonly MemoryGrowth[];
}

const TITLES = {
  p99: { ja: 'OCSPの応答時間 99パーセンタイル', en: 'OCSP latency, 99th percentile' },
  p999: { ja: 'OCSPの応答時間 99.9パーセンタイル', en: 'OCSP latency, 99.9th percentile' },
  notModified: { ja: 'CRLの更新確認（304）99パーセンタイル', en: 'CRL 304s, 99th percentile' },
};
const MOST_ERRORS = 0.000_01;
const ACKNOWLEDGED_WITHIN_MS = 2_000;
const VISIBLE_WITHIN_MS = 2_000;
const MOST_GROWTH = 1.1;

/** The verdict, sentence by sentence. What was not measured was not met. */
export function judge(measured: Measured): readonly Objective[] {
  const { results, closing, memory } = measured;
  const ocsp = results.latency.ocsp_duration;
  const notModified = results.latency.crl_not_modified_duration;
  return [
    limit({ id: 'ocsp-p99', title: TITLES.p99, value: ocsp?.p99, below: 50 }),
    limit({ id: 'ocsp-p999', title: TITLES.p999, value: ocsp?.p999, below: 200 }),
    answers(measured),
    errors(measured),
    charges(measured.charges),
    acknowledgements(measured),
    revocations(measured),
    limit({ id: 'crl-304', title: TITLES.notModified, value: notModified?.p99, below: 20 }),
    dropped(results),
    ...(closing ? [monthClosed(closing)] : []),
    ...(memory ? [memoryStays(memory)] : []),
  ];
}

interface Limited extends Pick<Objective, 'id' | 'title'> {
  /** Milliseconds; undefined: nothing was measured. */
  readonly value: number | undefined;
  readonly below: number;
}

const limit = ({ value, below, ...named }: Limited): Objective => ({
  ...named,
  goal: `< ${below} ms`,
  value: value === undefined ? '–' : `${value.toFixed(1)} ms`,
  met: value !== undefined && value < below,
});

function answers({ results, checker }: Measured): Objective {
  const wrong = results.wrong + checker.refused;
  return {
    id: 'wrong-answers',
    title: { ja: '誤った答え', en: 'Wrong answers' },
    goal: '0',
    value: `${wrong} / ${results.charged} (署名検証 signatures verified: ${checker.verified})`,
    met: wrong === 0 && results.charged > 0 && checker.verified > 0,
  };
}

/** Whether something was dead then, or had come back less than a window before. */
const isWithinOutage = ({ outages, windowSeconds }: Measured, from: number, to: number): boolean =>
  outages.some((outage) => from < outage.to + windowSeconds && to > outage.from);

/** Where something was dead, answers may fail; they may never be wrong. */
function errors(measured: Measured): Objective {
  const { results, windowSeconds, outages } = measured;
  const counted = results.counts.asked.map(
    (_, window) => !isWithinOutage(measured, window * windowSeconds, (window + 1) * windowSeconds),
  );
  const sum = (values: readonly number[]): number =>
    values.reduce((total, value, window) => total + (counted[window] ? value : 0), 0);
  const [failed, asked] = [sum(results.counts.failed), sum(results.counts.asked)];
  const within = outages.length > 0 ? `; 停止中を含む with the outages: ${results.failed}` : '';
  const why = Object.entries(results.failures).flatMap(([name, count]) => (count > 0 ? [`${name} ${count}`] : []));
  return {
    id: 'errors',
    title: { ja: '答えられなかった要求', en: 'Requests without an answer' },
    goal: `< ${MOST_ERRORS * 100} %`,
    value: `${failed} / ${asked}${within}${why.length > 0 ? ` (${why.join(', ')})` : ''}`,
    met: asked > 0 && failed / asked < MOST_ERRORS,
  };
}

function charges({ answered, unanswered, charged }: Charges): Objective {
  const most = answered + unanswered;
  return {
    id: 'charges',
    title: { ja: '課金の漏れと重複', en: 'Lost and doubled charges' },
    goal: unanswered === 0 ? `${answered}` : `${answered}–${most}`,
    value: `${charged ?? '–'}`,
    met: charged !== undefined && answered > 0 && charged >= answered && charged <= most,
  };
}

const slowestOf = (some: readonly { readonly delay: number }[]): number =>
  Math.max(0, ...some.map(({ delay }) => delay));

/** What was sent while something was dead may be acknowledged late; it must be at last. */
function acknowledgements(measured: Measured): Objective {
  const { acknowledged, repeated, unacknowledged, expected } = measured.revocations;
  const timely = acknowledged.filter(({ second, delay }) => !isWithinOutage(measured, second, second + delay / 1_000));
  const never = [...unacknowledged.values()].reduce((sum, count) => sum + count, 0);
  const more = [
    measured.outages.length > 0 ? `停止中を含む with the outages: ${slowestOf(acknowledged)} ms` : '',
    `再送 sent again: ${repeated}`,
    `受付されず never: ${never}`,
    ...[...unacknowledged].map(([said, count]) => `${count} × ${said}`),
  ];
  return {
    id: 'acknowledgements',
    title: { ja: '失効の送信から受付まで（最大）', en: 'Revocation sent to acknowledged, at most' },
    goal: `≤ ${ACKNOWLEDGED_WITHIN_MS} ms`,
    value: [`${slowestOf(timely)} ms (${timely.length}件)`, ...more].filter(Boolean).join(', '),
    met: never === 0 && slowestOf(timely) <= ACKNOWLEDGED_WITHIN_MS && (!expected || timely.length > 0),
  };
}

/** What was acknowledged while something was dead may come late; it may never be lost. */
function revocations(measured: Measured): Objective {
  const { seen, lost, expected } = measured.revocations;
  const timely = seen.filter(({ second }) => !isWithinOutage(measured, second, second + VISIBLE_WITHIN_MS / 1_000));
  const slowest = slowestOf(timely);
  const within = measured.outages.length > 0 ? `停止中を含む with the outages: ${slowestOf(seen)} ms` : '';
  const more = [within, lost > 0 ? `失われた lost: ${lost}` : ''];
  return {
    id: 'revocations',
    title: { ja: '失効の受付から答えに現れるまで（最大）', en: 'Revocation to answer, at most' },
    goal: `≤ ${VISIBLE_WITHIN_MS} ms`,
    value: [`${slowest} ms (${timely.length}件)`, ...more].filter(Boolean).join(', '),
    met: lost === 0 && slowest <= VISIBLE_WITHIN_MS && (!expected || timely.length > 0),
  };
}

const dropped = ({ dropped: count }: LoadResults): Objective => ({
  id: 'dropped',
  title: { ja: '送れなかった要求（負荷の生成側）', en: 'Requests that the generator could not send' },
  goal: '0',
  value: `${count}`,
  met: count === 0,
});

const monthClosed = ({ ok, detail }: { readonly ok: boolean; readonly detail: string }): Objective => ({
  id: 'month-closed',
  title: { ja: '負荷中の月次締め', en: 'A month closed under load' },
  goal: '締め済み / closed',
  value: detail,
  met: ok,
});

const memoryStays = (services: readonly MemoryGrowth[]): Objective => ({
  id: 'memory',
  title: { ja: 'メモリの増加（始めと終わりの比）', en: 'Memory, end against beginning' },
  goal: `≤ ${MOST_GROWTH}`,
  value: services.map(({ service, early, late }) => `${service} ${(late / early).toFixed(2)}`).join(', ') || '–',
  met: services.length > 0 && services.every(({ early, late }) => late <= MOST_GROWTH * early),
});
