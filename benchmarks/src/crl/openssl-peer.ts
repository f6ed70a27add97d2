import { execFile } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createOpensslCa } from '@kakunin/testing/openssl-ca';
import { BenchmarkError } from '../frame/benchmark.ts';

const run = promisify(execFile);

/** Entries that `openssl ca -gencrl` lists in a second of its CPU time, reading its own index.txt. */
export async function opensslPerSecond(directory: string, entries: number): Promise<number> {
  const ca = await createOpensslCa(join(directory, 'openssl'), { keyType: 'p256' });
  const lines = Array.from({ length: entries }, (_, at) => {
    const serial = (0x100000001 + at).toString(16).toUpperCase().padStart(10, '0');
    return `R\t310101000000Z\t260601000000Z,superseded\t${serial}\tunknown\t/CN=benchmark\n`;
  });
  appendFileSync(ca.indexFile, lines.join(''));
  const openssl = ['openssl', 'ca', '-config', 'openssl.cnf', '-gencrl', '-out', 'benchmark.crl'];
  const script = `${openssl.join(' ')} && times`;
  const { stdout } = await run('sh', ['-c', script], { cwd: ca.directory });
  // The second line: user and system time of what the shell has run.
  const times = /(\d+)m([\d.]+)s (\d+)m([\d.]+)s\s*$/.exec(stdout)?.slice(1).map(Number);
  if (!times) throw new BenchmarkError('The shell does not tell what openssl took.');
  const [userMinutes = 0, user = 0, systemMinutes = 0, system = 0] = times;
  return entries / ((userMinutes + systemMinutes) * 60 + user + system);
}
