import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CAMPAIGNS } from '../campaigns/index.ts';
import type { Summary } from './summary.ts';

const FOLDER = join(import.meta.dirname, '../../docs/reports');
const reports = readdirSync(FOLDER, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

/** Paths of a machine, addresses, and hosts of what was started there. */
const OF_A_MACHINE =
  /(?:^|[\s"'(=>])\/(?:home|root|tmp|work|var|usr|opt|srv|mnt)\/|\b\d{1,3}(?:\.\d{1,3}){3}\b|localhost/;

test('what is of a machine is found', () => {
  for (const text of ['wrote /tmp/x/y', '"/home/a/"', 'at 127.0.0.1', 'https://localhost:1'])
    expect(text).toMatch(OF_A_MACHINE);
  for (const text of ['32,767/s · 1/s', '</svg>', '2,384 /s', 'x86_64 1.5.2']) expect(text).not.toMatch(OF_A_MACHINE);
});

describe.each(reports.map((name) => [name]))('%s', (name) => {
  const read = (file: string): string => readFileSync(join(FOLDER, name, file), 'utf8');

  test('is whole, of a campaign that there is, and says what it found', () => {
    const summary = JSON.parse(read('summary.json')) as Summary;
    expect(CAMPAIGNS.map((campaign) => campaign.name)).toContain(summary.campaign);
    expect(summary.campaign).toBe(name);
    expect(read('report.html')).toContain(summary.verdict === 'passed' ? '合格' : '不合格');
  });

  test('names nothing of the machine', () => {
    for (const file of readdirSync(join(FOLDER, name))) expect(read(file), file).not.toMatch(OF_A_MACHINE);
  });
});
