import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { BenchmarkError } from './benchmark.ts';
import type { OwnServer } from './own-servers.ts';

/** A server in a process of its own, so that its CPU time is its own. */
export interface ServerProcess {
  /** What the named groups of its ready line caught: its port, say. */
  readonly ready: Readonly<Record<string, string | undefined>>;
  /** User and system time of all its threads so far, microseconds. */
  cpu(): number;
  stop(): Promise<void>;
}

export interface StartServerInput {
  readonly command: string;
  readonly arguments: readonly string[];
  /** The first line of its output (either stream) that matches says that it is ready. */
  readonly readyLine: RegExp;
}

const MICROSECONDS_PER_TICK = 1_000_000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
const START_TIMEOUT = 60_000;

/** @throws BenchmarkError when the process ends, or says nothing of use, before it is ready */
export async function startServer(input: StartServerInput): Promise<ServerProcess> {
  const child = spawn(input.command, [...input.arguments], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const said: string[] = [];
  const ready = await new Promise<ServerProcess['ready']>((resolve, reject) => {
    const giveUp = (why: string): void => {
      clearTimeout(timer);
      reject(new BenchmarkError(`${input.command} ${why}:\n${said.slice(-20).join('\n')}`));
    };
    const timer = setTimeout(giveUp, START_TIMEOUT, 'was not ready in time');
    child.once('error', (error) => giveUp(error.message));
    child.once('close', () => giveUp('ended before it was ready'));
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', (line) => {
        if (said.push(line) > 100) said.shift();
        const match = input.readyLine.exec(line);
        if (!match) return;
        clearTimeout(timer);
        resolve({ ...match.groups });
      });
    }
  }).catch(async (error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  return {
    ready,
    cpu: () => cpuOf(child.pid ?? 0),
    stop: async () => {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(late);
    },
  };
}

/** Starts a server of {@link OWN_SERVERS}; it says `ready <port> [<management port> [<mTLS port> <control port>]]`. */
export const startOwnServer = (name: OwnServer, ...parameters: readonly string[]): Promise<ServerProcess> =>
  startServer({
    command: process.execPath,
    arguments: [process.argv[1] ?? '', 'serve', name, ...parameters],
    readyLine: /^ready (?<port>\d+)(?: (?<management>\d+))?(?: (?<mtls>\d+) (?<control>\d+))?$/,
  });

/** Fields 14 and 15 of proc(5) stat; the name in field 2 may hold spaces, so counting starts after its parenthesis. */
function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MICROSECONDS_PER_TICK;
}
