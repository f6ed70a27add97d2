import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';

export const workspace = join(import.meta.dirname, '../../..');

/** A process of ours under test, with everything that it said. */
export interface TestProcess {
  readonly pid: number;
  output(): string;
  /** Resolves when the text was printed; rejects, with the output, when the process ends before or the time is over. */
  says(text: string, limitMs?: number): Promise<void>;
  /** SIGTERM by default; resolves with the exit code (null after a signal). */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  readonly exited: Promise<number | null>;
}

export function startProcess(
  script: string,
  environment: Record<string, string>,
  args: readonly string[] = [],
): TestProcess {
  const child: ChildProcess = spawn(process.execPath, ['--enable-source-maps', join(workspace, script), ...args], {
    env: { ...process.env, NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const listeners = new Set<() => void>();
  const note = (data: Buffer): void => {
    output += data.toString();
    for (const listener of listeners) listener();
  };
  child.stdout?.on('data', note);
  child.stderr?.on('data', note);
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return {
    pid: child.pid as number,
    output: () => output,
    exited,
    says: (text, limitMs = 60_000) =>
      new Promise((resolve, reject) => {
        const fail = (why: string): void => reject(new Error(`${script} ${why} before it said "${text}":\n${output}`));
        const limit = setTimeout(() => fail(`took ${limitMs} ms`), limitMs);
        const look = (): void => {
          if (!output.includes(text)) return;
          clearTimeout(limit);
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        void exited.then((code) => (clearTimeout(limit), fail(`ended with ${code}`)));
        look();
      }),
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return exited;
    },
  };
}

export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; any exit status is a result. */
export const run = (
  command: string,
  args: readonly string[],
  options: { cwd?: string; input?: string } = {},
): Promise<CommandResult> =>
  new Promise((resolve, reject) => {
    const child = execFile(
      command,
      args,
      { cwd: options.cwd, maxBuffer: 256 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error && typeof error.code !== 'number') return reject(error);
        return resolve({ status: error ? Number(error.code) : 0, stdout, stderr });
      },
    );
    child.stdin?.end(options.input);
  });

/** Runs `kakunin` as a user would, in a folder with a `.kakunin/cli.json` above or in it. */
export const kakunin = (cwd: string, args: readonly string[], input?: string): Promise<CommandResult> =>
  run(process.execPath, [join(workspace, 'apps/cli/dist/main.js'), ...args], {
    cwd,
    ...(input !== undefined && { input }),
  });

/** The same, for what must succeed. */
export async function kakuninOk(cwd: string, args: readonly string[], input?: string): Promise<string> {
  const { status, stdout, stderr } = await kakunin(cwd, args, input);
  if (status !== 0) throw new Error(`kakunin ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}
