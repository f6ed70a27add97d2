import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { algorithmTable, capacityTable } from './capacity-tables.ts';
import { drawDayCurve } from './day-curve.ts';
import { demandTable, hoursTable, revocationTable } from './demand-tables.ts';
import { withTables } from './document.ts';
import type { Summary } from '../report/summary.ts';
import { LEVELS, measured } from './figure.ts';
import type { Figure, Level } from './figure.ts';
import { describeFigure, figuresOf, INPUTS } from './listing.ts';
import { LANGUAGES } from './language.ts';
import type { Language } from './language.ts';
import { MEASURED } from './measured.ts';
import type { Measured } from './measured.ts';
import { POLICY } from './policy.ts';
import { markdown } from './table.ts';

const USAGE = `usage: node loadtests/model/main.ts [--language ja|en] [--level low|mid|high] [--measured FILE]
                                  [--svg FILE | --figures | --document FILE]

Prints the load model and the capacity plan. --level: which day is printed and drawn (mid); --measured: the summary.json of a
campaign, whose CPU of a whole check (and of the databases and brokers behind it) takes the place of the sum of its parts; --svg: draws the day into FILE;
--figures: prints every number that the model starts from, and why it stands there; --document: writes the tables into FILE
(docs/explanation/capacity.md) where it has marks for them.`;

const isLevel = (name: string): name is Level => LEVELS.some((level) => level === name);

const isLanguage = (name: string): name is Language => LANGUAGES.some((language) => language === name);

/** @throws SyntaxError | Error for a file that is no summary of a campaign */
function measuredIn(file: string | undefined): Measured {
  if (file === undefined) return MEASURED;
  const { campaign, startedAt, cost } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Summary>;
  if (!(Number(cost?.check) > 0)) throw new Error(`${file} is not the summary.json of a campaign.`);
  const spent = (value: number): Figure => measured(value, 'µs of CPU', `${campaign}, ${startedAt}`);
  const { check, database, broker } = cost!;
  const behind = { ...(database > 0 && { database: spent(database) }), ...(broker > 0 && { broker: spent(broker) }) };
  return { ...MEASURED, cpu: { ...MEASURED.cpu, ...behind, wholeCheck: spent(check) } };
}

function print(level: Level, language: Language, measuredHere: Measured): void {
  const input = { measured: measuredHere, policy: POLICY, language };
  const tables = [
    demandTable(language),
    revocationTable(language),
    hoursTable(level, language),
    capacityTable(input),
    algorithmTable({ ...input, measured: MEASURED }),
  ];
  console.log(tables.map(markdown).join('\n\n'));
}

const rewrite = (file: string): void => writeFileSync(file, withTables(readFileSync(file, 'utf8')));

function main(): number {
  const { values } = parseArgs({
    options: {
      language: { type: 'string', default: 'ja' },
      level: { type: 'string', default: 'mid' },
      measured: { type: 'string' },
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
  else print(values.level, values.language, measuredIn(values.measured));
  return 0;
}

try {
  process.exitCode = main();
} catch (error) {
  if (!(error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')) throw error;
  console.error(USAGE);
  process.exitCode = 2;
}
