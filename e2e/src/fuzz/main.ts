import { parseArgs } from 'node:util';
import { startBothServers } from '@kakunin/http-fast-path/testing/differential';
import { FuzzFailure } from './fuzz-failure.ts';
import { fuzzParsers } from './fuzz-parsers.ts';
import { fuzzResponder } from './fuzz-responder.ts';
import { startFuzzedSystem } from './fuzzed-system.ts';
import { Progress } from './progress.ts';
import { isFlat, memoryLine } from './watch-memory.ts';

const USAGE = 'usage: npm run fuzz -- [--parsers 1000000] [--streams 20000] [--responder 50000] [--seed N]';

const say = (line: string): void => console.error(line);

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      parsers: { type: 'string', default: '1000000' },
      streams: { type: 'string', default: '20000' },
      responder: { type: 'string', default: '50000' },
      seed: { type: 'string', default: `${Date.now() % 2 ** 31}` },
    },
  });
  const { parsers, streams, responder, seed } = {
    parsers: Number(values.parsers),
    streams: Number(values.streams),
    responder: Number(values.responder),
    seed: Number(values.seed),
  };
  if (![parsers, streams, responder, seed].every((value) => Number.isSafeInteger(value) && value >= 0)) {
    say(USAGE);
    return 2;
  }
  say(`seed ${seed}`);
  const { read, refused } = fuzzParsers(seed, parsers, say);
  console.log(`parsers: ${read} read, ${refused} refused, nothing thrown`);
  await fuzzHttp(seed, streams);
  return responder === 0 ? 0 : await fuzzSystem(seed, responder);
}

/** The same damaged HTTP to node:http with the fast path and without. */
async function fuzzHttp(seed: number, streams: number): Promise<void> {
  const servers = await startBothServers();
  const progress = new Progress(say, 'streams of HTTP', streams);
  try {
    await servers.compare(seed, streams, () => progress.step());
    console.log(`HTTP: ${streams} streams, answered alike with the fast path and without`);
  } finally {
    await servers.close();
  }
}

async function fuzzSystem(seed: number, requests: number): Promise<number> {
  const system = await startFuzzedSystem();
  try {
    const { statuses, memory } = await fuzzResponder({ ...system, seed, requests, say });
    const answers = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${count} with ${status}`);
    console.log(`responder: ${requests} requests, ${answers.join(', ')}; ${memoryLine(memory)}`);
    return isFlat(memory) ? 0 : 1;
  } finally {
    await system.stop();
  }
}

process.exitCode = await main().catch((error: unknown) => {
  const known = error instanceof FuzzFailure || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  say(known ? (error as Error).message : String((error as Error).stack));
  return known && !(error instanceof FuzzFailure) ? 2 : 1;
});
