import { readFileSync } from 'node:fs';

const INTERVAL_MS = 250;

/** Resident octets, at their least, of an early and of the last part of a run: a leak raises the least as well. */
export interface MemoryTrend {
  readonly early: number;
  readonly late: number;
}

/** Looks at the memory of a process, as far as the system tells (Linux does); elsewhere it stands still. */
export function watchMemory(pid: number): { trend(): MemoryTrend; stop(): void } {
  const samples = [residentOctets(pid)];
  const timer = setInterval(() => samples.push(residentOctets(pid)), INTERVAL_MS);
  const least = (from: number, to: number): number =>
    Math.min(...samples.slice(Math.floor(from * samples.length), Math.ceil(to * samples.length)));
  return {
    trend: () => ({ early: least(0.3, 0.5), late: least(0.8, 1) }),
    stop: () => clearInterval(timer),
  };
}

function residentOctets(pid: number): number {
  if (process.platform !== 'linux') return 0;
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1_024;
}

/** A tenth more, and what a heap takes before it is collected, is no leak. */
const TOLERATED_OCTETS = 32 * 1_048_576;

export const isFlat = ({ early, late }: MemoryTrend): boolean => late <= early * 1.1 + TOLERATED_OCTETS;

export function memoryLine({ early, late }: MemoryTrend): string {
  const inMegabytes = (octets: number): string => `${Math.round(octets / 1_000_000)} MB`;
  return early === 0 ? 'memory not looked at (no /proc)' : `memory ${inMegabytes(early)}, then ${inMegabytes(late)}`;
}
