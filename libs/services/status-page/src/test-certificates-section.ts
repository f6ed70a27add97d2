import { both, instant, unavailable } from './fragments.ts';
import { type Html, html } from './html.ts';
import type { PageModel } from './page-model.ts';
import type { TestCertificate } from './test-certificates.ts';
import { TEST_PURPOSE_NAMES } from './wording.ts';

/** Certificates with which a verifier can try itself; no section where there are none. */
export function testCertificates({ testCertificates: sourced }: PageModel): Html {
  if (sourced !== 'unavailable' && sourced.value.length === 0) return html``;
  return html`<section aria-labelledby="test-certificates">
    <h2 id="test-certificates">${both({ ja: 'テスト用の証明書', en: 'Test certificates' })}</h2>
    <p>検証プログラムの動作を確かめるための証明書です。失効は OCSP と CRL の両方で、期限切れは有効期間で分かります。</p>
    <p class="en" lang="en">
      For testing a verifier: both OCSP and the CRL tell a revoked one; an expired one is told by its dates.
    </p>
    ${sourced === 'unavailable' ? html`<p>${unavailable}</p>` : table(sourced.value)}
  </section>`;
}

const table = (certificates: readonly TestCertificate[]): Html =>
  html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">${both({ ja: '状態', en: 'Status' })}</th>
          <th scope="col">${both({ ja: '証明書', en: 'Certificate' })}</th>
          <th scope="col">${both({ ja: '有効期間の満了日時', en: 'Not after' })}</th>
        </tr>
      </thead>
      <tbody>
        ${certificates.map(line)}
      </tbody>
    </table>
  </div>`;

const line = ({ file, purpose, subject, notAfter }: TestCertificate): Html =>
  html`<tr>
    <th scope="row">${both(TEST_PURPOSE_NAMES[purpose])}</th>
    <td><a href="/test-certificates/${file}" download>${file}</a><br /><span class="note">${subject}</span></td>
    <td>${instant(notAfter)}</td>
  </tr> `;
