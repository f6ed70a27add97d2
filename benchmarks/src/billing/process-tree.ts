import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const MICROSECONDS_PER_TICK = 1_000_000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** CPU time so far of processes, of their children and of those that have ended, microseconds: a PostgreSQL, by its main process. */
export function cpuOfTree(...roots: readonly number[]): number {
  const tree = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? [])
    .filter(({ pid, parent }) => roots.includes(pid) || roots.includes(parent));
  return tree.reduce((sum, { ticks }) => sum + ticks, 0) * MICROSECONDS_PER_TICK;
}

interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** User and system time of its own and of children that it has waited for. */
  readonly ticks: number;
}

/** proc(5) stat: field 4, and 14 to 17; the name in field 2 may hold spaces, so counting starts after its parenthesis. */
function statOf(pid: number): ProcessStat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {
      pid,
      parent: Number(fields[1]),
      ticks: fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0),
    };
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}
