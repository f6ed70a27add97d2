/** `1234567` → `1,234,567`. */
export const groupDigits = (integer: bigint | string): string => String(integer).replace(/\B(?=(\d{3})+$)/g, ',');

/** `1,234円`, `−20円`. */
export const yenText = (yen: bigint): string => (yen < 0n ? `−${groupDigits(-yen)}円` : `${groupDigits(yen)}円`);

/** `+1,234円`, `±0円`. */
export const differenceText = (yen: bigint): string => `${yen > 0n ? '+' : yen < 0n ? '' : '±'}${yenText(yen)}`;
