import type { CrlDescriptor, CrlManifest } from '@kakunin/publication';
import { blindList } from './blind-list.ts';
import { both, instant, row, unavailable } from './fragments.ts';
import { type Html, html } from './html.ts';
import type { PageModel } from './page-model.ts';
import { age } from './age.ts';
import { type AuthorityCrls, byAuthority } from './authority-crls.ts';
import { file, partitions } from './partitions.ts';
import { CLASS_NAMES, formatBytes, formatCount } from './wording.ts';

/** The authorities, each with its newest CRL. */
export const authorities = (model: PageModel): Html =>
  html`<section aria-labelledby="authorities">
    <h2 id="authorities">${both({ ja: '認証局と CRL', en: 'Authorities and CRLs' })}</h2>
    ${model.manifest === 'unavailable' ? html`<p>${unavailable}</p>` : articles(model, model.manifest.value)}
  </section>`;

function articles(model: PageModel, manifest: CrlManifest): readonly Html[] {
  const published = byAuthority(manifest);
  const known = new Set(published.map(({ any }) => any.authorityId));
  const others = model.statusData === 'unavailable' ? [] : model.statusData.value.authorities;
  const waiting = others.map(({ authorityId }) => authorityId).filter((authorityId) => !known.has(authorityId));
  if (published.length + waiting.length === 0) {
    return [
      html`<p>${both({ ja: '登録された認証局は、まだありません。', en: 'No authority is registered yet.' })}</p>`,
    ];
  }
  return [...published.map((own) => article(model, own)), ...waiting.map((authorityId) => waitingArticle(authorityId))];
}

const article = (model: PageModel, own: AuthorityCrls): Html =>
  html`<article aria-labelledby="${own.any.authorityId}">
    <h3 id="${own.any.authorityId}">
      ${both(CLASS_NAMES[own.any.certificateClass])} <code class="authority">${own.any.authorityId}</code>
    </h3>
    <p class="issuer">${own.any.issuer}</p>
    ${own.complete ? download(own.complete) : ''}
    <dl>
      ${row({ ja: '鍵の種類', en: 'Key' }, html`${own.any.keyAlgorithm}`)}
      ${own.complete ? complete(model, own.complete) : ''} ${own.delta ? delta(own.delta) : ''}
      ${own.blindList ? blindList(own.blindList) : ''}
      ${row({ ja: '失効情報の最終更新', en: 'Status as of' }, age(asOf(model, own.any), model.now))}
    </dl>
    ${partitions(own)}
  </article>`;

const download = (crl: CrlDescriptor): Html =>
  html`<a class="download" href="${crl.url}" download
    ><span>CRL をダウンロード（${formatBytes(crl.bytes)}）</span> <span class="en" lang="en">Download CRL</span></a
  >`;

const complete = (model: PageModel, crl: CrlDescriptor): Html => html`
  ${row({ ja: 'CRL 番号', en: 'CRL number' }, html`<a href="${crl.immutableUrl}">${crl.crlNumber.toString()}</a>`)}
  ${row({ ja: '今回更新日時', en: 'thisUpdate' }, instant(crl.thisUpdate))}
  ${row({ ja: '次回更新予定日時', en: 'nextUpdate' }, nextUpdate(model, crl))}
  ${row({ ja: '失効件数', en: 'Entries' }, html`<strong>${formatCount(crl.entries)}</strong> 件`)}
  ${row({ ja: 'サイズ', en: 'Size' }, html`${formatCount(crl.bytes)} <span lang="en">bytes</span>`)}
  ${row({ ja: 'ハッシュ値', en: 'SHA-256' }, html`<code class="digest">${crl.sha256}</code>`)}
`;

const delta = (crl: CrlDescriptor): Html =>
  row(
    { ja: '差分 CRL', en: 'Delta CRL' },
    html`${file(crl)} <span class="note">${instant(crl.thisUpdate)}</span><br /><code class="digest"
        >${crl.sha256}</code
      >`,
  );

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
