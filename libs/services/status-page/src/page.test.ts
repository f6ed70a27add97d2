import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderPage } from './page.ts';
import { descriptor, model, NOW } from './testing/page-fixture.ts';

/** What a reader sees: the text without tags and without the style sheet. */
const textOf = (page: string): string =>
  page
    .replace(/<style>[\s\S]*<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

describe('renderPage', () => {
  it('shows of each authority its name, class, key, and its CRL', () => {
    const text = textOf(renderPage(model()));
    for (const shown of [
      '署名用電子証明書 Digital signature certificates signature-1',
      'CN=署名用認証局, O=Kakunin Test, C=JP',
      'RSA 2048',
      'EC P-256',
      'CRL 番号 CRL number 1234',
      '今回更新日時 thisUpdate 2026-10-31 23:58:59 JST',
      '次回更新予定日時 nextUpdate 2026-11-01 23:58:59 JST',
      '失効件数 Entries 26,012,345 件',
      'CRL をダウンロード（962.5 MB）',
      '962,456,789 bytes',
      '0123456789abcdef'.repeat(4),
    ]) {
      expect(text).toContain(shown);
    }
  });

  it('shows the delta of an authority, and its partitions with theirs', () => {
    const own = { partition: '13101', crlNumber: 1_235n, url: '/crl/signature-1/partitions/13101.crl', entries: 987 };
    const delta = { kind: 'delta', bytes: 2_345, baseCrlNumber: 1_200n } as const;
    const crls = [
      descriptor(),
      descriptor({ ...delta, crlNumber: 1_236n, url: '/crl/signature-1/delta.crl' }),
      descriptor(own),
      descriptor({ ...own, ...delta, url: '/crl/signature-1/partitions/13101/delta.crl' }),
      descriptor({ ...own, partition: '13102' }),
    ];
    const page = renderPage(model({ manifest: { value: { crls } } }));
    const text = textOf(page);
    expect(text).toContain('差分 CRL Delta CRL No. 1236 2.3 kB');
    expect(text).toContain('区分ごとの CRL（2 区分）');
    expect(text).toContain('13101 No. 1235 962.5 MB No. 1235 2.3 kB 987 2026-10-31 23:58:59 JST');
    expect(text).toContain('13102 No. 1235 962.5 MB — 987');
    for (const { url } of crls) expect(page).toContain(`href="${url}"`);
    expect(page.match(/<article/g)).toHaveLength(2);
  });

  it('shows the blind list of an authority, with its newest delta', () => {
    const file = (number: number, url: string) => ({ number, url, bytes: 65_000, sha256: 'ab'.repeat(32) });
    const list = {
      authorityId: 'signature-1',
      thisUpdate: NOW,
      nextUpdate: NOW + 86_400_000,
      issuedBefore: NOW - 1_000,
      full: file(7, '/blind-list/signature-1/7.kbl'),
      deltas: [file(8, '/old.kbl'), file(9, '/blind-list/signature-1/9.delta.kbl')],
    };
    const page = renderPage(model({ manifest: { value: { crls: [descriptor()], blindLists: [list] } } }));
    expect(textOf(page)).toContain('失効ブラインドリスト Blind list No. 7 65.0 kB 2026-10-31 23:59:59 JST');
    expect(textOf(page)).toContain('No. 9 65.0 kB');
    expect(textOf(page)).toContain('Issued before 2026-10-31 23:59:58 JST');
    for (const url of [list.full.url, list.deltas[1]!.url]) expect(page).toContain(`href="${url}"`);
    expect(page).not.toContain('/old.kbl');
  });

  it('shows an authority that has only partitions', () => {
    const crls = [descriptor({ partition: '13101' })];
    const text = textOf(renderPage(model({ manifest: { value: { crls } } })));
    expect(text).toContain('CN=署名用認証局');
    expect(text).not.toContain('CRL をダウンロード');
  });

  it('shows how old the status data is, as old as its oldest part, and the checks of today', () => {
    const text = textOf(renderPage(model()));
    expect(text).toContain('失効情報の最終更新 Status as of 1 分前 1 minute ago 2026-10-31 23:58:29 JST');
    expect(text).toContain('1 秒前 1 second ago 2026-10-31 23:59:58 JST');
    expect(text).toContain('署名用 12,345 件 signature');
    expect(text).toContain('利用者証明用 1,234,567 件 user authentication');
    expect(text).toContain('http://ocsp.example.jp/ocsp');
  });

  it('stays a page when every source is away, and says so', () => {
    const page = renderPage(
      model({
        manifest: 'unavailable',
        statusData: 'unavailable',
        usage: 'unavailable',
        testCertificates: 'unavailable',
      }),
    );
    expect(textOf(page).match(/取得できません Unavailable right now/g)).toHaveLength(4);
  });

  it('says when status data is not known as of any instant', () => {
    const statusData = { value: { authorities: [{ authorityId: 'signature-1', asOf: null }] } };
    expect(textOf(renderPage(model({ statusData })))).toContain('Status as of 取得できません');
  });

  it('names authorities without a CRL, and says when there is no authority at all', () => {
    const statusData = { value: { authorities: [{ authorityId: 'signature-2', asOf: NOW }] } };
    const waiting = textOf(renderPage(model({ manifest: { value: { crls: [] } }, statusData })));
    expect(waiting).toContain('signature-2 CRL はまだ公開されていません。');
    const none = textOf(
      renderPage(model({ manifest: { value: { crls: [] } }, statusData: { value: { authorities: [] } } })),
    );
    expect(none).toContain('登録された認証局は、まだありません。');
    expect(none).not.toContain('取得できません');
  });

  it('says when a CRL has lapsed', () => {
    const crls = [descriptor({ nextUpdate: NOW - 1_000 })];
    expect(textOf(renderPage(model({ manifest: { value: { crls } } })))).toContain(
      '期限が過ぎています This CRL has lapsed',
    );
  });

  it('has no script, and escapes every name', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        const issuer = `<script>${name}"'&`;
        const page = renderPage(model({ manifest: { value: { crls: [descriptor({ issuer })] } }, ocspUrl: issuer }));
        expect(page).not.toContain('<script');
        expect(page).toContain('&lt;script&gt;');
      }),
    );
  });
});
