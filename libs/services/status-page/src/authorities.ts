import type { CrlDescriptor } from '@kakunin/publication';
import { both, instant, row, unavailable } from './fragments.ts';
import { type Html, html } from './html.ts';
import type { PageModel } from './page-model.ts';
import { age } from './age.ts';
import { CLASS_NAMES, formatBytes, formatCount } from './wording.ts';

/** The authorities, each with its newest CRL. */
export const authorities = (model: PageModel): Html =>
  html`<section aria-labelledby="authorities">
    <h2 id="authorities">${both({ ja: '認証局と CRL', en: 'Authorities and CRLs' })}</h2>
    ${model.crls === 'unavailable' ? html`<p>${unavailable}</p>` : articles(model, model.crls.value)}
  </section>`;

function articles(model: PageModel, crls: readonly CrlDescriptor[]): readonly Html[] {
  const published = new Set(crls.map(({ authorityId }) => authorityId));
  const others = model.statusData === 'unavailable' ? [] : model.statusData.value.authorities;
  const waiting = others.map(({ authorityId }) => authorityId).filter((authorityId) => !published.has(authorityId));
  if (crls.length + waiting.length === 0) {
    return [
      html`<p>${both({ ja: '登録された認証局は、まだありません。', en: 'No authority is registered yet.' })}</p>`,
    ];
  }
  return [...crls.map((crl) => article(model, crl)), ...waiting.map((authorityId) => waitingArticle(authorityId))];
}

const article = (model: PageModel, crl: CrlDescriptor): Html =>
  html`<article aria-labelledby="${crl.authorityId}">
    <h3 id="${crl.authorityId}">
      ${both(CLASS_NAMES[crl.certificateClass])} <code class="authority">${crl.authorityId}</code>
    </h3>
    <p class="issuer">${crl.issuer}</p>
    <a class="download" href="${crl.url}" download
      ><span>CRL をダウンロード（${formatBytes(crl.bytes)}）</span> <span class="en" lang="en">Download CRL</span></a
    >
    <dl>
      ${row({ ja: '鍵の種類', en: 'Key' }, html`${crl.keyAlgorithm}`)}
      ${row({ ja: 'CRL 番号', en: 'CRL number' }, html`<a href="${crl.immutableUrl}">${crl.crlNumber.toString()}</a>`)}
      ${row({ ja: '今回更新日時', en: 'thisUpdate' }, instant(crl.thisUpdate))}
      ${row({ ja: '次回更新予定日時', en: 'nextUpdate' }, nextUpdate(model, crl))}
      ${row({ ja: '失効件数', en: 'Entries' }, html`<strong>${formatCount(crl.entries)}</strong> 件`)}
      ${row({ ja: 'サイズ', en: 'Size' }, html`${formatCount(crl.bytes)} <span lang="en">bytes</span>`)}
      ${row({ ja: 'ハッシュ値', en: 'SHA-256' }, html`<code class="digest">${crl.sha256}</code>`)}
      ${row({ ja: '失効情報の最終更新', en: 'Status as of' }, age(asOf(model, crl), model.now))}
    </dl>
  </article>`;

const nextUpdate = (model: PageModel, crl: CrlDescriptor): Html =>
  crl.nextUpdate > model.now
    ? instant(crl.nextUpdate)
    : html`${instant(crl.nextUpdate)}
        <span class="unavailable">${both({ ja: '期限が過ぎています', en: 'This CRL has lapsed' })}</span>`;

const waitingArticle = (authorityId: string): Html =>
  html`<article>
    <h3>${authorityId}</h3>
    <p>${both({ ja: 'CRL はまだ公開されていません。', en: 'No CRL has been published yet.' })}</p>
  </article>`;

function asOf({ statusData }: PageModel, { authorityId }: CrlDescriptor): number | undefined {
  if (statusData === 'unavailable') return undefined;
  return statusData.value.authorities.find((authority) => authority.authorityId === authorityId)?.asOf ?? undefined;
}
