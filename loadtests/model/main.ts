import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { drawDayCurve } from './day-curve.ts';
import { withTables } from './document.ts';
import { LEVELS } from './figure.ts';
import type { Level } from './figure.ts';
import { describeFigure, figuresOf, INPUTS } from './listing.ts';
import { MEASURED } from './measured.ts';
import { POLICY } from './policy.ts';
import { algorithmTable, capacityTable, demandTable, hoursTable, revocationTable } from './report.ts';
import { markdown } from './table.ts';

const USAGE = `usage: node loadtests/model/main.ts [--level low|mid|high] [--svg FILE | --figures | --document FILE]

Prints the load model and the capacity plan. --level: which day is printed and drawn (mid); --svg: draws it into FILE;
--figures: prints every number that the model starts from, and why it stands there; --document: writes the tables into FILE
(docs/explanation/capacity.md) where it has marks for them.`;

const isLevel = (name: string): name is Level => LEVELS.some((level) => level === name);

function print(level: Level): void {
  const tables = [
    demandTable(),
    revocationTable(),
    hoursTable(level),
    capacityTable(MEASURED, POLICY),
    algorithmTable(MEASURED, POLICY),
  ];
  console.log(tables.map(markdown).join('\n\n'));
}

const rewrite = (file: string): void => writeFileSync(file, withTables(readFileSync(file, 'utf8')));

function main(): number {
  const { values } = parseArgs({
    options: {
      level: { type: 'string', default: 'mid' },
      svg: { type: 'string' },
      document: { type: 'string' },
      figures: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || !isLevel(values.level)) {
    console.error(USAGE);
    return values.help ? 0 : 2;
  }
  if (values.svg !== undefined) writeFileSync(values.svg, drawDayCurve(values.level));
  else if (values.document !== undefined) rewrite(values.document);
  else if (values.figures) console.log(figuresOf(INPUTS).map(describeFigure).join('\n'));
  else print(values.level);
  return 0;
}

try {
  process.exitCode = main();
} catch (error) {
  if (!(error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')) throw error;
  console.error(USAGE);
  process.exitCode = 2;
}
