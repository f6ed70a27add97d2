import type { BlindListFile, ListedBlindList } from '@kakunin/publication';
import { instant, row } from './fragments.ts';
import { type Html, html } from './html.ts';
import { formatBytes } from './wording.ts';

/** The blind list of an authority, and its newest delta. */
export function blindList({ full, deltas, thisUpdate, issuedBefore }: ListedBlindList): Html {
  const newest = deltas.at(-1);
  const content = html`${link(full)} <span class="note">${instant(thisUpdate)}</span><br />
    ${newest ? html`<span>差分 <span class="en" lang="en">Delta</span> ${link(newest)}</span><br />` : ''}
    <span class="note"
      >発行日時がこれより前の証明書が対象 <span lang="en">Issued before</span> ${instant(issuedBefore)}</span
    ><br /><code class="digest">${full.sha256}</code>`;
  return row({ ja: '失効ブラインドリスト', en: 'Blind list' }, content);
}

const link = ({ number, url, bytes }: BlindListFile): Html =>
  html`<a href="${url}" download>${`No. ${number}`}</a> <span class="note">${formatBytes(bytes)}</span>`;
