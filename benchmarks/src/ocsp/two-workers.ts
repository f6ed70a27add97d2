import { atLeast, measured } from '../frame/benchmark.ts';
import type { Row } from '../frame/benchmark.ts';
import { loadByGo } from '../frame/go-load.ts';
import type { LoadResult } from '../frame/load.ts';
import type { ServerProcess } from '../frame/server-process.ts';
import { machineScaling } from './machine-scaling.ts';
import type { Stage } from './stage.ts';
import { loadOn } from './subject.ts';
import type { Subject } from './subject.ts';

const CORES = 2;

interface Run {
  readonly perSecond: number;
  /** Cores that the generator took. */
  readonly generator: number;
  /** Cores that the server took. */
  readonly server: number;
}

/**
 * Two workers against one. The generator runs on the same two cores: what it takes from the second worker is accounted
 * for by scaling the rate to the two cores that the workers would have without it.
 */
export async function twoWorkers(stage: Stage): Promise<readonly Row[]> {
  const { p256, rsa } = stage.population;
  const kinds = [
    { name: 'live RSA-2048', bodies: rsa.requestsWithNonce },
    { name: 'live P-256', bodies: p256.requestsWithNonce },
    { name: 'cached', bodies: p256.requests },
  ];
  stage.say('what a second core of this machine is worth …');
  const rows: Row[] = [
    measured('this machine: two processes that sign against one', await machineScaling(stage.seconds), '×'),
  ];
  const [one, two] = [await stage.kakunin(1), await stage.kakunin(2)];
  try {
    for (const { name, bodies } of kinds) {
      stage.say(`${name}: one worker, two workers …`);
      const [single, double] = [await run(one, bodies, stage), await run(two, bodies, stage)];
      const scaled = (double.perSecond * CORES) / Math.max(double.server, CORES - double.generator);
      rows.push(
        measured(`${name}: two workers against one, as it is`, double.perSecond / single.perSecond, '×'),
        measured(`${name}: cores that the generator took beside two workers`, double.generator, 'cores'),
        atLeast(
          1.8,
          measured(`${name}: two workers against one, generator accounted for`, scaled / perCore(single), '×'),
        ),
      );
    }
    return rows;
  } finally {
    await Promise.all([one.stop(), two.stop()]);
  }
}

/** One worker cannot use more than one core, and uses less when the generator does not keep it busy. */
const perCore = ({ perSecond, server }: Run): number => perSecond / Math.min(1, server);

async function run(server: ServerProcess, bodies: Subject['bodies'], stage: Stage): Promise<Run> {
  let said: LoadResult | undefined;
  const subject: Subject = {
    name: '',
    server,
    bodies,
    connections: 256,
    load: async (input) => (said = await loadByGo({ ...input, bin: stage.bin })),
  };
  await loadOn(subject, { ...stage, seconds: 2 });
  const before = server.cpu();
  const { requests, seconds } = await loadOn(subject, stage);
  const cpu = (server.cpu() - before) / 1_000_000;
  return { perSecond: requests / seconds, generator: (said?.cpu ?? 0) / seconds, server: cpu / seconds };
}
