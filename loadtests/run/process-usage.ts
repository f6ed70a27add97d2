import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

export interface ProcessUsage {
  /** User and system time of all its threads so far, seconds. */
  readonly cpuSeconds: number;
  /** Resident memory, octets. */
  readonly memory: number;
}

/** @returns undefined when there is no such process now */
export function usageOf(pid: number): ProcessUsage | undefined {
  try {
    // Fields 14 and 15 of proc(5) stat; the name in field 2 may hold spaces, so counting starts after its parenthesis.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS,
      memory: Number(resident ?? 0) * 1_024,
    };
  } catch {
    return undefined;
  }
}
