import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CAMPAIGNS } from '../campaigns/index.ts';
import { CampaignError } from './campaign-error.ts';
import { judge } from './objectives.ts';
import { runCampaign } from './run-campaign.ts';
import { startSystem } from './started-system.ts';

const say = (line: string): void => console.error(`${new Date().toISOString().slice(11, 19)} ${line}`);

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { scale: { type: 'string' }, seconds: { type: 'string' }, seed: { type: 'string', default: '20261124' } },
  });
  const campaign = CAMPAIGNS.find(({ name }) => name === positionals[0]);
  if (!campaign) throw new CampaignError(`Campaigns: ${CAMPAIGNS.map(({ name }) => name).join(', ')}`);
  const scale = values.scale === undefined ? campaign.defaultScale : Number(values.scale);
  const directory = mkdtempSync(join(tmpdir(), 'kakunin-campaign-run-'));
  const seconds = values.seconds === undefined ? {} : { seconds: Number(values.seconds) };
  const target = await startSystem({ campaign, scale, seed: Number(values.seed), say });
  try {
    const run = await runCampaign({ campaign, scale, ...seconds, run: Number(values.seed), target, directory, say });
    const objectives = judge(run);
    console.log(
      JSON.stringify(
        { objectives, results: { ...run.results, windows: undefined }, cpu: [...run.cpuSeconds] },
        undefined,
        1,
      ),
    );
    return objectives.every(({ met }) => met) ? 0 : 1;
  } finally {
    await target.stop();
    rmSync(directory, { recursive: true });
  }
}

process.exitCode = await main();
