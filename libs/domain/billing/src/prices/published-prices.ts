import type { Tariff, Waiver } from './tariff.ts';

/** 2023-01-01 00:00 JST: from here on this data is vouched for; earlier usage has no tariff, and says so. */
const SINCE_2023 = Date.UTC(2022, 11, 31, 15);

/** Taken to bear no consumption tax, as a fee that a law sets for an administrative service (消費税法 別表第二 五号). */
const known = { validFrom: SINCE_2023, recordedAt: SINCE_2023, taxCategory: 'non_taxable' } as const;

/**
 * The fees of JPKI for revocation information (公的個人認証法 67条1項): 20 yen a check of a signature certificate, 2 yen
 * of a user authentication certificate; CRLs are free.
 */
export const PUBLISHED_TARIFFS: readonly Tariff[] = [
  {
    id: 'ocsp-signature',
    scope: { channel: 'ocsp', certificateClass: 'signature' },
    price: { kind: 'unit', unitPrice: 20n },
    ...known,
  },
  {
    id: 'ocsp-user-authentication',
    scope: { channel: 'ocsp', certificateClass: 'user-authentication' },
    price: { kind: 'unit', unitPrice: 2n },
    ...known,
  },
  { id: 'crl-free', scope: { channel: 'crl' }, price: { kind: 'unit', unitPrice: 0n }, ...known },
];

/** The fee for OCSP is not collected "for the time being": open-ended until a notice ends it. */
export const PUBLISHED_WAIVERS: readonly Waiver[] = [
  {
    id: 'ocsp-fee-waiver',
    scope: { channel: 'ocsp' },
    legalGround: {
      ja: '公的個人認証法第67条第1項に基づく失効情報の提供に係る手数料を、令和5年1月1日から当分の間、無料とする取扱いによる。',
      en: 'Fees for the provision of revocation information under Article 67, paragraph 1 of the JPKI Act are waived for the time being from 1 January 2023.',
    },
    validFrom: SINCE_2023,
    recordedAt: SINCE_2023,
  },
];
