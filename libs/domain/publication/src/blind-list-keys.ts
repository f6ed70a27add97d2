/**
 * Where blind lists lie, each with its signature beside it:
 * ```
 * blind-list/<authority>/<number>.kbl        a full list, for ever
 * blind-list/<authority>/<number>.delta.kbl  a delta to the one before it
 * ```
 */
export const blindListKey = (authorityId: string, number: number, kind: 'full' | 'delta'): string =>
  `blind-list/${authorityId}/${number}${kind === 'delta' ? '.delta' : ''}.kbl`;

export const signatureKeyOf = (key: string): string => `${key}.sig`;
