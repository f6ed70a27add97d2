import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

export interface ProcessUsage {
  /** User and system time of all its threads so far, seconds; of children as well where they were asked for. */
  readonly cpuSeconds: number;
  /** Resident memory, octets. */
  readonly memory: number;
}

/** @returns undefined when there is no such process now */
export function usageOf(pid: number): ProcessUsage | undefined {
  const read = readProcess(pid);
  return read && { cpuSeconds: read.own, memory: read.private + read.shared };
}

/** A process and its children, as PostgreSQL is one for each connection: those that ended count, and shared pages count once. */
export function usageWithChildrenOf(pid: number): ProcessUsage | undefined {
  const parent = readProcess(pid);
  if (!parent) return undefined;
  const all = [parent, ...childrenOf(pid).flatMap((child) => readProcess(child) ?? [])];
  const sum = (pick: (one: ReadProcess) => number): number => all.reduce((total, one) => total + pick(one), 0);
  return {
    cpuSeconds: parent.ended + sum(({ own }) => own),
    memory: sum((one) => one.private) + Math.max(...all.map(({ shared }) => shared)),
  };
}

interface ReadProcess {
  /** CPU seconds of itself, and of children that ended. */
  readonly own: number;
  readonly ended: number;
  /** Octets. */
  readonly private: number;
  readonly shared: number;
}

function readProcess(pid: number): ReadProcess | undefined {
  try {
    // Fields 14 to 17 of proc(5) stat; the name in field 2 may hold spaces, so counting starts after its parenthesis.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [user, system, endedUser, endedSystem] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 15)
      .map((ticks) => Number(ticks) / TICKS) as [number, number, number, number];
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const octets = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1_024;
    return {
      own: user + system,
      ended: endedUser + endedSystem,
      private: octets('RssAnon'),
      shared: octets('RssFile') + octets('RssShmem'),
    };
  } catch {
    return undefined;
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
