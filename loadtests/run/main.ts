import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Campaign, CAMPAIGNS } from '../campaigns/index.ts';
import { compare } from '../report/baseline.ts';
import { reportHtml } from '../report/html.ts';
import { type Summary, summaryOf } from '../report/summary.ts';
import { CampaignError } from './campaign-error.ts';
import { judge } from './objectives.ts';
import { namedTarget } from './named-target.ts';
import { prepare } from './prepare.ts';
import { type CampaignRun, runCampaign } from './run-campaign.ts';
import { startSystem } from './started-system.ts';

const USAGE = `usage: npm run campaign -- <name> [--scale 0.5] [--seconds N] [--seed N] [--certificates N] [--report DIR]
                                 [--baseline FILE] [--target FILE|URL [--data-set DIR]]
       npm run campaign -- prepare DIR [--certificates N] [--seed N] [--register]

${CAMPAIGNS.map(({ name, title, defaultScale }) => `  ${name.padEnd(21)} ${title.en} (scale ${defaultScale})`).join('\n')}

Starts the system on this machine with made-up data, lets k6 load it, and writes report.html and summary.json.
--scale: share of the nation's load; --certificates: of each authority; --report: where to write (campaign-reports/<name>);
--baseline: the summary.json to compare with (the one that is there). Exit status: 0 every objective met, 1 not, 2 wrong use.

--target: an installation that runs already, by a file (loadtests/README.md) or as http://host with its usual ports; its data
set is what "prepare" wrote. "prepare" makes up authorities, lists and callers in DIR, with a README that says what to do with
them; --register does it, as the operator of DIR/.kakunin/cli.json.`;

const REPORTS = 'campaign-reports';
/** Any fixed number: the same made-up certificates in every run that names no other. */
const SEED = '20261124';
/** Of each authority of a prepared data set. */
const CERTIFICATES = 200_000;

const say = (line: string): void => console.error(`${new Date().toISOString().slice(11, 19)} ${line}`);

interface Asked {
  readonly campaign: Campaign;
  readonly scale: number;
  readonly seconds: number;
  readonly seed: number;
  readonly report: string;
  readonly baseline: string;
  readonly target: string | undefined;
  readonly dataSet: string | undefined;
}

const OPTIONS = {
  scale: { type: 'string' },
  seconds: { type: 'string' },
  seed: { type: 'string', default: SEED },
  report: { type: 'string' },
  baseline: { type: 'string' },
  target: { type: 'string' },
  'data-set': { type: 'string' },
  certificates: { type: 'string' },
  register: { type: 'boolean', default: false },
} as const;

const parseCommand = () => parseArgs({ allowPositionals: true, options: OPTIONS });
type Command = ReturnType<typeof parseCommand>;

function askedBy({ values, positionals }: Command): Asked | undefined {
  const named = CAMPAIGNS.find(({ name }) => name === positionals[0]);
  if (!named || positionals.length > 1) return undefined;
  const campaign = { ...named, certificates: Number(values.certificates ?? named.certificates) };
  if (!(Number.isInteger(campaign.certificates) && campaign.certificates > 0)) return undefined;
  const [scale, seconds] = [Number(values.scale ?? campaign.defaultScale), Number(values.seconds ?? campaign.seconds)];
  const seed = Number(values.seed);
  if (!(scale > 0) || !(Number.isInteger(seconds) && seconds >= 10) || !Number.isSafeInteger(seed)) return undefined;
  const report = values.report ?? join(REPORTS, campaign.name);
  const baseline = values.baseline ?? join(report, 'summary.json');
  return { campaign, scale, seconds, seed, report, baseline, target: values.target, dataSet: values['data-set'] };
}

/** @returns whether that is what was asked for */
async function prepares({ values, positionals }: Command): Promise<boolean> {
  const [command, folder, ...rest] = positionals;
  const [certificates, seed] = [Number(values.certificates ?? CERTIFICATES), Number(values.seed)];
  if (command !== 'prepare' || folder === undefined || rest.length > 0) return false;
  if (!(Number.isInteger(certificates) && certificates > 0) || !Number.isSafeInteger(seed)) return false;
  await prepare({ folder, seed, certificates, registers: values.register, say });
  console.log(`${join(folder, 'README.md')} says what is next.`);
  return true;
}

async function main(): Promise<number> {
  const command = parseCommand();
  if (await prepares(command)) return 0;
  const asked = askedBy(command);
  if (!asked) throw new CampaignError(USAGE);
  const { baseline, target: named, dataSet } = asked;
  const before = existsSync(baseline) ? (JSON.parse(readFileSync(baseline, 'utf8')) as Summary) : undefined;
  const elsewhere = named === undefined ? undefined : namedTarget(named, dataSet);
  const target = elsewhere?.target ?? (await startSystem({ ...asked, say }));
  const directory = mkdtempSync(join(tmpdir(), 'kakunin-campaign-run-'));
  try {
    const run = await runCampaign({ ...asked, run: asked.seed + (elsewhere?.runs ?? 0), target, directory, say });
    return write(asked, run, before);
  } finally {
    await target.stop();
    rmSync(directory, { recursive: true });
  }
}

/** Writes and prints what was found. @returns the exit status */
function write({ campaign, scale, seed, report: folder }: Asked, run: CampaignRun, before?: Summary): number {
  const objectives = judge(run);
  const summary = summaryOf({ run, objectives, scale, seed });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'summary.json'), `${JSON.stringify(summary, undefined, 2)}\n`);
  const comparison = before && compare(summary, before);
  writeFileSync(join(folder, 'report.html'), reportHtml({ campaign, run, summary, comparison }));
  for (const { title, goal, value, met } of objectives) {
    console.log(`${met ? 'met   ' : 'MISSED'} ${title.en}: ${value} (goal ${goal})`);
  }
  console.log(`${summary.verdict}: ${join(folder, 'report.html')}`);
  return summary.verdict === 'passed' ? 0 : 1;
}

process.exitCode = await main().catch((error: unknown) => {
  const isUsage = error instanceof CampaignError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  console.error(isUsage ? (error as Error).message : (error as Error).stack);
  return isUsage ? 2 : 1;
});
