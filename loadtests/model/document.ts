import { MEASURED } from './measured.ts';
import { POLICY } from './policy.ts';
import { algorithmTable, capacityTable, demandTable, revocationTable } from './report.ts';
import { markdown } from './table.ts';
import type { Table } from './table.ts';

const TABLES: Readonly<Record<string, () => Table>> = {
  demand: demandTable,
  revocations: revocationTable,
  capacity: () => capacityTable(MEASURED, POLICY),
  algorithms: () => algorithmTable(MEASURED, POLICY),
};

const PLACE = /(?<=<!-- model: ([a-z]+) -->\n)[^]*?(?=\n<!-- end -->)/g;

/**
 * A Markdown text with the model's tables between `<!-- model: demand -->` and `<!-- end -->`, whatever stood there before.
 *
 * @throws RangeError for a table that there is not.
 */
export const withTables = (text: string): string =>
  text.replace(PLACE, (_, name: string) => {
    const table = TABLES[name];
    if (!table) throw new RangeError(`The model has no table ${name}.`);
    return `\n${markdown(table())}\n`;
  });
