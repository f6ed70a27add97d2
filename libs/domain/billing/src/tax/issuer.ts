/** Who bills (適格請求書発行事業者), as its documents name it. */
export interface Issuer {
  readonly name: string;
  /** For readers of English. */
  readonly nameEn: string;
  readonly address: string;
  /** 登録番号: see {@link parseRegistrationNumber}. */
  readonly registrationNumber: string;
}

/** Who is billed. */
export interface Recipient {
  readonly name: string;
}
