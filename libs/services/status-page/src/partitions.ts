import type { CrlDescriptor } from '@kakunin/publication';
import type { AuthorityCrls, ScopeCrls } from './authority-crls.ts';
import { both, instant } from './fragments.ts';
import { type Html, html } from './html.ts';
import type { Wording } from './wording.ts';
import { formatBytes, formatCount } from './wording.ts';

const COLUMNS: readonly Wording[] = [
  { ja: '区分', en: 'Partition' },
  { ja: 'CRL', en: 'Complete CRL' },
  { ja: '差分 CRL', en: 'Delta CRL' },
  { ja: '失効件数', en: 'Entries' },
  { ja: '今回更新 / 次回更新予定', en: 'thisUpdate / nextUpdate' },
  { ja: 'ハッシュ値', en: 'SHA-256' },
];

/** The partitions of an authority, folded: a nation has two thousand. */
export const partitions = ({ any, partitions: all }: AuthorityCrls): Html =>
  all.size === 0
    ? html``
    : html`<details>
        <summary>${both({ ja: `区分ごとの CRL（${formatCount(all.size)} 区分）`, en: 'CRLs by partition' })}</summary>
        <div class="scroll" tabindex="0" role="region" aria-label="区分ごとの CRL ${any.authorityId}">
          <table>
            <thead>
              <tr>
                ${COLUMNS.map((column) => html`<th scope="col">${both(column)}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${[...all].map(([label, scope]) => line(label, scope))}
            </tbody>
          </table>
        </div>
      </details>`;

function line(label: string, { complete, delta }: ScopeCrls): Html {
  if (!complete) return html``;
  const dates = html`${instant(complete.thisUpdate)}<br />${instant(complete.nextUpdate)}`;
  return html`<tr>
    <th scope="row">${label}</th>
    <td>${file(complete)}</td>
    <td>${delta ? file(delta) : '—'}</td>
    <td class="number">${formatCount(complete.entries)}</td>
    <td>${dates}</td>
    <td><code class="digest">${complete.sha256}</code></td>
  </tr> `;
}

/** A link to a CRL, with its number and size. */
export const file = (crl: CrlDescriptor): Html =>
  html`<a href="${crl.url}" download>${`No. ${crl.crlNumber}`}</a> <span class="note">${formatBytes(crl.bytes)}</span>`;
