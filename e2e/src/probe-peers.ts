// Asks other responders what the strict probe asks ours, and prints docs/explanation/strict-probe.md's tables:
//   node --conditions=@kakunin/source e2e/src/probe-peers.ts [program of cfssl]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cfsslPeer, opensslPeer, type Peer, writeKeys } from './support/probe/peers.ts';
import { createPopulation, type Population } from './support/probe/population.ts';
import { Probe, type ProbeRow } from './support/probe/probe.ts';
import { PROBE } from './support/probe/rows/index.ts';

/** What one peer said to each row. */
async function probePeer(peer: Peer, population: Population): Promise<ReadonlyMap<ProbeRow, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'kakunin-peer-'));
  try {
    writeKeys(population, folder);
    await peer.prepare(population, folder);
    const said = new Map<ProbeRow, string>();
    for (const row of Object.values(PROBE).flat()) {
      // Each row meets a responder that no other has disturbed.
      const running = await peer.start(folder);
      said.set(row, await row.ask(new Probe(population, running)));
      await running.stop();
    }
    return said;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [cfssl] = process.argv.slice(2);
const peers = [opensslPeer, ...(cfssl === undefined ? [] : [cfsslPeer(cfssl)])];
const population = await createPopulation(Date.now());
const results = await Promise.all(peers.map((peer) => probePeer(peer, population)));

const keeps = (row: ProbeRow, said: string): boolean => row.right.includes(said);
const line = (...cells: readonly (string | number)[]): void => console.log(`| ${cells.join(' | ')} |`);
const heads = peers.map(({ name }) => name);

line('rules about', 'Kakunin', ...heads);
line('---', ...['Kakunin', ...heads].map(() => '---'));
for (const [group, rows] of Object.entries(PROBE)) {
  const kept = results.map((said) => rows.filter((row) => keeps(row, said.get(row)!)).length);
  line(group, ...[rows.length, ...kept].map((count) => `${count} of ${rows.length}`));
}
console.log();
line('rule', 'from', 'right', ...heads);
line('---', '---', '---', ...heads.map(() => '---'));
for (const row of Object.values(PROBE).flat()) {
  const said = results.map((each) => each.get(row)!);
  const cells = said.map((each) => (keeps(row, each) ? '✓' : each));
  if (said.some((each) => !keeps(row, each))) line(row.rule, row.from, row.right[0], ...cells);
}
