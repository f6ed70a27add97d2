import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { billing } from './billing/billing.ts';
import { blindList } from './crl/blind-list.ts';
import { crl, crlSet } from './crl/crl.ts';
import { BenchmarkError } from './frame/benchmark.ts';
import type { Benchmark } from './frame/benchmark.ts';
import { table } from './frame/report.ts';
import { OWN_SERVERS } from './frame/own-servers.ts';
import { statusIndex } from './index/index.ts';
import { journal } from './journal/journal.ts';
import { linkage } from './linkage/linkage.ts';
import { ocsp } from './ocsp/ocsp.ts';
import { start } from './start/start.ts';

const BENCHMARKS: readonly Benchmark[] = [ocsp, statusIndex, journal, billing, crl, crlSet, blindList, linkage, start];

const usage = (): string =>
  [
    'usage: npm run benchmark -- <name>… [--seconds N] [--scale F] [--json FILE]',
    '',
    ...BENCHMARKS.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`),
  ].join('\n');

async function main(): Promise<number> {
  const [command, server = '', ...parameters] = process.argv.slice(2);
  if (command === 'serve') {
    await OWN_SERVERS[server]?.(...parameters);
    return 0;
  }
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      seconds: { type: 'string', default: '5' },
      scale: { type: 'string', default: '1' },
    },
  });
  const chosen = BENCHMARKS.filter(({ name }) => positionals.includes(name));
  const seconds = Number(values.seconds);
  const scale = Number(values.scale);
  if (chosen.length === 0 || chosen.length !== positionals.length || !(seconds >= 1) || !(scale > 0 && scale <= 1)) {
    console.error(usage());
    return 2;
  }
  const rows = [];
  for (const benchmark of chosen) {
    const directory = mkdtempSync(join(tmpdir(), `kakunin-benchmark-${benchmark.name}-`));
    try {
      rows.push(...(await benchmark.run({ directory, seconds, scale, say: (line) => console.error(line) })));
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }
  console.log(table(rows));
  if (values.json) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
  return rows.some(({ met }) => met === false) ? 1 : 0;
}

process.exitCode = await main().catch((error: unknown) => {
  const known = error instanceof BenchmarkError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  console.error(known ? (error as Error).message : error);
  return 2;
});
