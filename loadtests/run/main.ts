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
import { runCampaign } from './run-campaign.ts';
import { startSystem } from './started-system.ts';

const USAGE = `usage: npm run campaign -- <name> [--scale 0.5] [--seconds N] [--seed N] [--report DIR] [--baseline FILE]

${CAMPAIGNS.map(({ name, title, defaultScale }) => `  ${name.padEnd(21)} ${title.en} (scale ${defaultScale})`).join('\n')}

Starts the system on this machine with made-up data, lets k6 load it, and writes report.html and summary.json.
--scale: share of the nation's load; --report: where to write (campaign-reports/<name>); --baseline: the summary.json to
compare with (the one that is there). Exit status: 0 every objective met, 1 not, 2 wrong use.`;

const REPORTS = 'campaign-reports';
/** Any fixed number: the same made-up certificates in every run that names no other. */
const SEED = '20261124';

const say = (line: string): void => console.error(`${new Date().toISOString().slice(11, 19)} ${line}`);

interface Asked {
  readonly campaign: Campaign;
  readonly scale: number;
  readonly seconds: number | undefined;
  readonly seed: number;
  readonly report: string;
  readonly baseline: string;
}

function parse(): Asked | undefined {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      scale: { type: 'string' },
      seconds: { type: 'string' },
      seed: { type: 'string', default: SEED },
      report: { type: 'string' },
      baseline: { type: 'string' },
    },
  });
  const campaign = CAMPAIGNS.find(({ name }) => name === positionals[0]);
  if (!campaign || positionals.length > 1) return undefined;
  const [scale, seconds] = [Number(values.scale ?? campaign.defaultScale), Number(values.seconds ?? campaign.seconds)];
  const seed = Number(values.seed);
  if (!(scale > 0) || !(Number.isInteger(seconds) && seconds >= 10) || !Number.isSafeInteger(seed)) return undefined;
  const report = values.report ?? join(REPORTS, campaign.name);
  return { campaign, scale, seconds, seed, report, baseline: values.baseline ?? join(report, 'summary.json') };
}

async function main(): Promise<number> {
  const asked = parse();
  if (!asked) throw new CampaignError(USAGE);
  const { campaign, scale, seconds, seed, report, baseline } = asked;
  const before = existsSync(baseline) ? (JSON.parse(readFileSync(baseline, 'utf8')) as Summary) : undefined;
  const directory = mkdtempSync(join(tmpdir(), 'kakunin-campaign-run-'));
  const target = await startSystem({ campaign, scale, seed, say });
  try {
    const run = await runCampaign({ campaign, scale, ...(seconds && { seconds }), run: seed, target, directory, say });
    const objectives = judge(run);
    const summary = summaryOf({ run, objectives, scale, seed });
    mkdirSync(report, { recursive: true });
    writeFileSync(join(report, 'summary.json'), `${JSON.stringify(summary, undefined, 2)}\n`);
    const comparison = before && compare(summary, before);
    writeFileSync(join(report, 'report.html'), reportHtml({ campaign, run, summary, comparison }));
    for (const { title, goal, value, met } of objectives) {
      console.log(`${met ? 'met   ' : 'MISSED'} ${title.en}: ${value} (goal ${goal})`);
    }
    console.log(`${summary.verdict}: ${join(report, 'report.html')}`);
    return summary.verdict === 'passed' ? 0 : 1;
  } finally {
    await target.stop();
    rmSync(directory, { recursive: true });
  }
}

process.exitCode = await main().catch((error: unknown) => {
  const isUsage = error instanceof CampaignError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  console.error(isUsage ? (error as Error).message : (error as Error).stack);
  return isUsage ? 2 : 1;
});
