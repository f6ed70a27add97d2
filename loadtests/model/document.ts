import { algorithmTable, capacityTable } from './capacity-tables.ts';
import { demandTable, revocationTable } from './demand-tables.ts';
import { MEASURED } from './measured.ts';
import { POLICY } from './policy.ts';
import { markdown } from './table.ts';
import type { Table } from './table.ts';

const TABLES: Readonly<Record<string, () => Table>> = {
  demand: () => demandTable('en'),
  revocations: () => revocationTable('en'),
  capacity: () => capacityTable({ measured: MEASURED, policy: POLICY, language: 'en' }),
  algorithms: () => algorithmTable({ measured: MEASURED, policy: POLICY, language: 'en' }),
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
