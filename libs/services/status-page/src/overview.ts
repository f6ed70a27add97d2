import { age } from './age.ts';
import { both, row, unavailable } from './fragments.ts';
import { type Html, html } from './html.ts';
import type { PageModel } from './page-model.ts';
import { CLASS_LABELS, formatCount } from './wording.ts';

/** OCSP address, age of the status data as a whole, and today's checks. */
export const overview = (model: PageModel): Html =>
  html`<section aria-labelledby="overview">
    <h2 id="overview">${both({ ja: 'オンラインでの確認（OCSP）', en: 'Online checks' })}</h2>
    <dl>
      ${row({ ja: '問い合わせ先', en: 'OCSP URL' }, html`<code>${model.ocspUrl}</code>`)} ${statusAge(model)}
      ${checksToday(model)}
    </dl>
  </section>`;

/** Left out where there is no authority yet: nothing is old, and nothing is away. */
const statusAge = (model: PageModel): Html | '' =>
  model.statusData !== 'unavailable' && model.statusData.value.authorities.length === 0
    ? ''
    : row({ ja: '失効情報の最終更新', en: 'Status as of' }, age(oldestData(model), model.now));

/** The whole is as fresh as its oldest part. */
function oldestData({ statusData }: PageModel): number | undefined {
  if (statusData === 'unavailable') return undefined;
  const instants = statusData.value.authorities.map(({ asOf }) => asOf ?? undefined);
  if (instants.includes(undefined)) return undefined;
  return Math.min(...(instants as number[]));
}

function checksToday({ usage }: PageModel): Html {
  const term = { ja: '本日の確認件数', en: 'Checks today' };
  if (usage === 'unavailable') return row(term, unavailable);
  const { date, checks } = usage.value;
  const count = (certificateClass: keyof typeof checks): Html =>
    html`<span class="count"
      >${CLASS_LABELS[certificateClass].ja} <strong>${formatCount(checks[certificateClass])}</strong> 件
      <span class="en" lang="en">${CLASS_LABELS[certificateClass].en}</span></span
    >`;
  return row(term, html`${count('signature')} ${count('user-authentication')} <span class="note">${date} JST</span>`);
}
