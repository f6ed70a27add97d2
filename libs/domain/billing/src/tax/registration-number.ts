/** 適格請求書発行事業者の登録番号 of a corporation: `T` and its 法人番号 of 13 digits. */
export type RegistrationNumber = string & { readonly brand: 'RegistrationNumber' };

/**
 * The first of the 13 digits checks the other twelve (法人番号の指定等に関する省令 2条): 9 − (Σ digit × weight mod 9), from the
 * right, with weights 1, 2, 1, 2, …
 * @returns undefined when the text is no such number, or one that was mistyped
 */
export function parseRegistrationNumber(text: string): RegistrationNumber | undefined {
  if (!/^T\d{13}$/.test(text)) return undefined;
  const [check = 0, ...digits] = Array.from(text.slice(1), Number);
  const sum = digits.toReversed().reduce((total, digit, index) => total + digit * (index % 2 === 0 ? 1 : 2), 0);
  return check === 9 - (sum % 9) ? (text as RegistrationNumber) : undefined;
}
