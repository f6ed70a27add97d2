import { both, row } from './fragments.ts';
import { type Html, html } from './html.ts';

const link = (url: string): Html => html`<a href="${url}">${url}</a>`;

/** How a program finds out what is published, and that it is genuine. */
export const verification: Html = html`<section aria-labelledby="verification">
  <h2 id="verification">${both({ ja: '公開一覧と署名', en: 'Manifest and signature' })}</h2>
  <p>
    公開中のすべての CRL
    の番号、日時、サイズ、ハッシュ値を、署名付きの一覧（JSON）にまとめています。プログラムからの利用にはこちらをお使いください。
  </p>
  <p class="en" lang="en">Number, dates, size and hash of every published CRL, as signed JSON: for programs.</p>
  <dl>
    ${row({ ja: '一覧', en: 'Manifest' }, link('/crl/manifest.json'))}
    ${row({ ja: '署名', en: 'Signature (Ed25519)' }, link('/crl/manifest.json.sig'))}
    ${row({ ja: '公開鍵', en: 'Public key' }, link('/crl/manifest.pub.pem'))}
  </dl>
</section>`;
