import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import type { Summary } from '../report/summary.ts';

const WORKSPACE = join(import.meta.dirname, '../..');
const PROGRAM = ['--conditions=@kakunin/source', '--import', './tools/typescript-sources.mjs', 'loadtests/run/main.ts'];
/** A machine that has no k6 yet builds it first. */
const LIMIT_MS = 700_000;

const directory = mkdtempSync(join(tmpdir(), 'kakunin-smoke-'));
afterAll(() => rmSync(directory, { recursive: true }));

interface Ended {
  readonly status: number;
  readonly output: string;
  readonly summary: Summary;
  readonly html: string;
  /** Whether each objective was met. */
  readonly met: Readonly<Record<string, boolean>>;
}

interface Asked {
  readonly report: string;
  readonly seconds?: number;
  /** Preloads of `testing/` that break the build. */
  readonly broken?: readonly string[];
}

/** Runs the campaign as people do, in a process of its own. */
async function smoke({ report, seconds, broken = [] }: Asked): Promise<Ended> {
  const folder = join(directory, report);
  const preloads = broken.map((name) => `--import ${pathToFileURL(join(import.meta.dirname, 'testing', name)).href}`);
  const args = [...PROGRAM, 'smoke', '--report', folder, ...(seconds ? ['--seconds', `${seconds}`] : [])];
  const env = { ...process.env, NODE_OPTIONS: preloads.join(' ') };
  const { status, output } = await new Promise<Pick<Ended, 'status' | 'output'>>((resolve) => {
    execFile(process.execPath, args, { cwd: WORKSPACE, env }, (error, stdout, stderr) =>
      resolve({ status: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
  const read = (name: string): string => {
    try {
      return readFileSync(join(folder, name), 'utf8');
    } catch {
      throw new Error(`The campaign wrote no ${name}:\n${output}`);
    }
  };
  const summary = JSON.parse(read('summary.json')) as Summary;
  const met = Object.fromEntries(summary.objectives.map((objective) => [objective.id, objective.met]));
  return { status, output, summary, html: read('report.html'), met };
}

// Latency is not looked at: other tests run on this machine meanwhile. What is looked at, no load excuses.
test.concurrent(
  'every kind of request is answered rightly and charged once; its exit status is the verdict',
  async () => {
    const { status, output, summary, html, met } = await smoke({ report: 'whole' });
    expect(met, output).toMatchObject({ 'wrong-answers': true, charges: true });
    expect(summary.requests).toMatchObject({ wrong: 0, lostRevocations: 0 });
    expect(summary.requests.failures).not.toHaveProperty('http 404');
    const { answered, refused, notModified, downloads, identifications, reported, revocations } = summary.requests;
    for (const count of [answered, refused, notModified, downloads, identifications, reported, revocations])
      expect(count).toBeGreaterThan(0);
    expect(status).toBe(summary.verdict === 'passed' ? 0 : 1);
    expect(summary.verdict).toBe(Object.values(met).every(Boolean) ? 'passed' : 'failed');
    expect(html).toContain(summary.verdict === 'passed' ? '合格' : '不合格');
    // Whatever it draws is in it.
    expect(html).not.toMatch(/(?:src|href)=/);
  },
  LIMIT_MS,
);

test.concurrent(
  'an index that answers late and a journal that loses a segment turn the verdict red',
  async () => {
    const { status, output, met } = await smoke({
      report: 'broken',
      seconds: 10,
      broken: ['late-index.mjs', 'lost-segment.mjs'],
    });
    expect(met, output).toMatchObject({ revocations: false, charges: false, 'wrong-answers': true });
    expect(status).toBe(1);
  },
  LIMIT_MS,
);
