/** Reads CSV by RFC 4180 and by nothing else: what the export writes must be understood without knowing who wrote it. */
export function parseCsv(text: string): Record<string, string>[] {
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/y;
  for (let last = ''; cell.lastIndex < text.length || last === ',';) {
    const match = cell.exec(text);
    if (!match) throw new Error('not CSV');
    last = match[3] ?? '';
    rows.at(-1)?.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (last === '\r\n') rows.push([]);
  }
  const [names = [], ...records] = rows.filter((row) => row.length > 0);
  return records.map((row) => {
    if (row.length !== names.length) throw new Error('a row has another number of cells than the header');
    return Object.fromEntries(names.map((name, index) => [name, row[index] ?? '']));
  });
}
