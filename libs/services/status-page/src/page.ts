import { authorities } from './authorities.ts';
import { both, instant } from './fragments.ts';
import { Html, html } from './html.ts';
import { overview } from './overview.ts';
import type { PageModel } from './page-model.ts';
import { STYLE } from './style.ts';
import { testCertificates } from './test-certificates-section.ts';
import { verification } from './verification.ts';

/** Exactly these octets are named in the Content-Security-Policy, so no space may come between. */
const STYLE_ELEMENT = new Html(`<style>${STYLE}</style>`);

/** The whole public page: Japanese first, English beside it, no script. */
export const renderPage = (model: PageModel): string =>
  html`<!doctype html>
    <html lang="ja">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>電子証明書の失効情報 - Kakunin 確認</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <header>
          <h1>電子証明書の失効情報</h1>
          <p class="en" lang="en">Certificate status information, published by Kakunin 確認</p>
          <p>
            電子証明書が失効していないかどうかを確かめるための情報です。CRL（証明書失効リスト）は、どなたでも無料でダウンロードできます。
          </p>
          <p class="en" lang="en">
            Whether a certificate is still valid can be checked here. Anyone may download the certificate revocation
            lists (CRLs) free of charge.
          </p>
        </header>
        <main>${overview(model)} ${authorities(model)} ${verification} ${testCertificates(model)}</main>
        <footer>
          <p>
            <span>${both({ ja: '表示時刻', en: 'As of' })} ${instant(model.now)}</span>
          </p>
        </footer>
      </body>
    </html> `.markup;
