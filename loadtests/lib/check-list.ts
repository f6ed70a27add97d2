/** A check with its right answer. */
export interface Check {
  /** Place of the authority in the plan. */
  readonly authority: number;
  readonly ordinal: number;
  readonly revoked: boolean;
}

/** A check as one number, of so many authorities: k6 shares lists of numbers between its callers, and each is small. */
export const packCheck = ({ authority, ordinal, revoked }: Check, authorities: number): number =>
  (ordinal * authorities + authority) * 2 + (revoked ? 1 : 0);

export function unpackCheck(packed: number, authorities: number): Check {
  const place = Math.floor(packed / 2);
  return { authority: place % authorities, ordinal: Math.floor(place / authorities), revoked: packed % 2 === 1 };
}
