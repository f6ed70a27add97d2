/** As JSON has it: yen and quantities, which may be larger than a double holds, are decimal strings. */
export const jsonOf = (value: object): object =>
  JSON.parse(
    JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? part.toString() : part)),
  ) as object;
