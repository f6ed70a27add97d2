import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { atMost, BenchmarkError, measured, type Row } from '../frame/benchmark.ts';
import type { ServerProcess } from '../frame/server-process.ts';

const MONTH = 100_000_000;
const MEGABYTE = 2 ** 20;
const SAMPLE_MS = 100;

export interface ExportedMeter {
  readonly meter: ServerProcess;
  /** Where its key and certificate lie, by which the operator calls, too. */
  readonly directory: string;
  readonly period: string;
}

/** Finance's monthly files, of a month that is closed. */
export async function exportLines({ meter, directory, period }: ExportedMeter): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const format of ['csv', 'focus', 'json']) {
    const { seconds, octets } = await download({ meter, directory, path: `/billing/${period}?format=${format}` });
    rows.push(
      atMost(30, measured(`export of its lines as ${format}`, seconds, 's')),
      measured(`export as ${format}: size`, octets / MEGABYTE, 'MB'),
    );
  }
  return rows;
}

/** The raw records of all that the meter has counted, as CSV over TLS; and what a month of the nation would take. */
export async function exportRecords({ meter, directory, period }: ExportedMeter): Promise<readonly Row[]> {
  const done = await download({ meter, directory, path: `/billing/${period}/records?format=csv` });
  const records = done.lines - 1;
  const perSecond = records / done.seconds;
  return [
    measured('export of records: records', records, 'records'),
    measured('export of records', perSecond, 'records/s'),
    measured('export of records: CPU of the meter', done.cpu / records, 'µs/record'),
    atMost(128, measured('export of records: memory grown at most', done.grown / MEGABYTE, 'MB')),
    measured('export of 100 million records, extrapolated', MONTH / perSecond / 60, 'min'),
  ];
}

interface Download {
  readonly seconds: number;
  readonly octets: number;
  readonly lines: number;
  /** Microseconds, of the meter. */
  readonly cpu: number;
  /** Octets, of the meter. */
  readonly grown: number;
}

async function download({
  meter,
  directory,
  path,
}: Omit<ExportedMeter, 'period'> & { path: string }): Promise<Download> {
  const [cert, key] = ['tls.pem', 'tls.key'].map((name) => readFileSync(join(directory, name)));
  const before = await residentMemory(meter);
  const cpu = meter.cpu();
  const start = performance.now();
  let [octets, lines, largest] = [0, 0, before];
  const sampler = setInterval(() => {
    void residentMemory(meter).then((memory) => (largest = Math.max(largest, memory)));
  }, SAMPLE_MS);
  try {
    await new Promise<void>((resolve, reject) => {
      const options = { port: meter.ready['port'], path, cert, key, rejectUnauthorized: false, agent: false };
      const asked = request({ ...options, host: '127.0.0.1' }, (answer) => {
        if (answer.statusCode !== 200) reject(new BenchmarkError(`${path} answers ${answer.statusCode}.`));
        answer.on('data', (part: Buffer) => {
          octets += part.length;
          for (let at = part.indexOf(10); at >= 0; at = part.indexOf(10, at + 1)) lines += 1;
        });
        answer.once('end', resolve).once('error', reject);
      });
      asked.once('error', reject).end();
    });
  } finally {
    clearInterval(sampler);
  }
  const seconds = (performance.now() - start) / 1_000;
  return { seconds, octets, lines, cpu: meter.cpu() - cpu, grown: largest - before };
}

async function residentMemory({ ready }: ServerProcess): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${ready['management']}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1]);
}
