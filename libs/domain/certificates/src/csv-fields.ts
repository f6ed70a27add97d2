/**
 * The fields of one line of CSV (RFC 4180: quotes around a field, doubled inside). Line breaks inside a field are not
 * supported, since lines are read one by one.
 * @returns undefined when the quotes do not match
 */
export function csvFields(text: string): readonly string[] | undefined {
  if (!text.includes('"')) return text.split(',');
  const fields: string[] = [];
  for (let rest = text; ;) {
    const match = /^(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/.exec(rest);
    if (!match) return undefined;
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '') return fields;
    rest = rest.slice(match[0].length);
  }
}
