import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { algorithmTable, capacityTable } from './capacity-tables.ts';
import { drawDayCurve } from './day-curve.ts';
import { demandTable, hoursTable, revocationTable } from './demand-tables.ts';
import { withTables } from './document.ts';
import { LEVELS } from './figure.ts';
import type { Level } from './figure.ts';
import { describeFigure, figuresOf, INPUTS } from './listing.ts';
import { LANGUAGES } from './language.ts';
import type { Language } from './language.ts';
import { MEASURED } from './measured.ts';
import { POLICY } from './policy.ts';
import { markdown } from './table.ts';

const USAGE = `usage: node loadtests/model/main.ts [--language ja|en] [--level low|mid|high] [--svg FILE | --figures | --document FILE]

Prints the load model and the capacity plan. --level: which day is printed and drawn (mid); --svg: draws it into FILE;
--figures: prints every number that the model starts from, and why it stands there; --document: writes the tables into FILE
(docs/explanation/capacity.md) where it has marks for them.`;

const isLevel = (name: string): name is Level => LEVELS.some((level) => level === name);

const isLanguage = (name: string): name is Language => LANGUAGES.some((language) => language === name);

function print(level: Level, language: Language): void {
  const input = { measured: MEASURED, policy: POLICY, language };
  const tables = [
    demandTable(language),
    revocationTable(language),
    hoursTable(level, language),
    capacityTable(input),
    algorithmTable(input),
  ];
  console.log(tables.map(markdown).join('\n\n'));
}

const rewrite = (file: string): void => writeFileSync(file, withTables(readFileSync(file, 'utf8')));

function main(): number {
  const { values } = parseArgs({
    options: {
      language: { type: 'string', default: 'ja' },
      level: { type: 'string', default: 'mid' },
      svg: { type: 'string' },
      document: { type: 'string' },
      figures: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || !isLevel(values.level) || !isLanguage(values.language)) {
    console.error(USAGE);
    return values.help ? 0 : 2;
  }
  if (values.svg !== undefined) writeFileSync(values.svg, drawDayCurve(values.level));
  else if (values.document !== undefined) rewrite(values.document);
  else if (values.figures) console.log(figuresOf(INPUTS).map(describeFigure).join('\n'));
  else print(values.level, values.language);
  return 0;
}

try {
  process.exitCode = main();
} catch (error) {
  if (!(error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')) throw error;
  console.error(USAGE);
  process.exitCode = 2;
}
