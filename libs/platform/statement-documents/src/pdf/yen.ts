/** `1,234,567`; below zero as Japanese accounts write it: `△1,234`. */
export const grouped = (value: bigint): string =>
  `${value < 0n ? '△' : ''}${(value < 0n ? -value : value).toString().replaceAll(/\B(?=(\d{3})+$)/g, ',')}`;

/** `1,234円`. */
export const yen = (value: bigint): string => `${grouped(value)}円`;
