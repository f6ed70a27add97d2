import type { Source } from './figure.ts';

/** The pages that figures of the model come from. Most quote a ministry; the page named is the one that was read, as a stored copy. */
export const SOURCES = {
  population: {
    title: '住民基本台帳に基づく人口(2025年1月1日時点、総務省)、limo.media',
    url: 'https://limo.media/articles/-/92942',
    date: '2025-08',
  },
  cards: {
    title: 'マイナンバーカード保有枚数が1億枚突破(総務省・デジタル庁)、dempa-digital.com',
    url: 'https://dempa-digital.com/article/702548',
    date: '2025-12-05',
  },
  eligibilityMay2025: {
    title: 'マイナ保険証の利用促進(2025年5月のオンライン資格確認、厚生労働省)、hayashi-consul-sr.com',
    url: 'https://www.hayashi-consul-sr.com/post-13841',
    date: '2025',
  },
  eligibilityJuly2024: {
    title: '資料1 マイナ保険証の利用促進等について、社会保障審議会医療保険部会(第181回)、厚生労働省、wic-net.com',
    url: 'https://wic-net.com/material/document/16526/2',
    date: '2024-08-30',
  },
  incomeTax: {
    title: '令和6年分の所得税等の確定申告状況等について(国税庁)、zeikei-news.co.jp',
    url: 'https://www.zeikei-news.co.jp/news/070606/',
    date: '2025',
  },
  convenienceStores: {
    title: 'コンビニ住民証明、3千万通超 マイナ利用、20倍に拡大(2023年度)、news.yahoo.co.jp',
    url: 'https://news.yahoo.co.jp/articles/96849696ddc61f2b46bf17409e85414bd4ff6e64',
    date: '2024',
  },
  relyingParties: {
    title: '公的個人認証サービス(JPKI)を利用している民間事業者、デジタル庁',
    url: 'https://www.digital.go.jp/policies/mynumber/private-business/jpki-introduction',
    date: '2024-11-19',
  },
  renewals: {
    title:
      '2025年度にマイナンバーカードと電子証明書合わせて約2,780万件が更新期限に到達(政府広報オンライン)、pacola.co.jp',
    url: 'https://www.pacola.co.jp/?p=50673',
    date: '2025-12-01',
  },
  moves: {
    title: '住民基本台帳人口移動報告 2024年(令和6年)結果(総務省統計局)、hamagintarou.blogspot.com',
    url: 'https://hamagintarou.blogspot.com/2025/01/312024.html',
    date: '2025-01-31',
  },
  vitalStatistics: {
    title: '令和6年(2024)人口動態統計(確定数)の概況(厚生労働省)、kaiketsu-j.com',
    url: 'https://www.kaiketsu-j.com/environment/18096',
    date: '2025-09-16',
  },
} as const satisfies Record<string, Source>;
