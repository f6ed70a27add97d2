import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const client = join(import.meta.dirname, '../..');

/** This Node, and the one that the system has, which may be older. */
export const nodes = (): readonly string[] => {
  const outside = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  const system = outside.map((folder) => join(folder, 'node')).find((file) => existsSync(file));
  return [process.execPath, ...(system ? [system] : [])];
};

/** The code block of README that follows the text. */
export function readmeBlock(after: string): string {
  const readme = readFileSync(join(client, 'README.md'), 'utf8');
  const [, code] = /```\w+\n([^]*?)```/.exec(readme.slice(readme.indexOf(after))) ?? [];
  if (!code) throw new Error(`README.md has no code after ${after}.`);
  return code;
}

/** A project somewhere else that has the package as it was built, and nothing more. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), 'kakunin-client-'));

  constructor() {
    cpSync(join(client, 'dist'), join(this.folder, 'node_modules/@kakunin/client'), { recursive: true });
    this.write('package.json', '{ "type": "module" }');
  }

  write(name: string, content: string | Uint8Array): void {
    mkdirSync(dirname(join(this.folder, name)), { recursive: true });
    writeFileSync(join(this.folder, name), content);
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  /** @returns what it printed, on both outputs; rejects when it fails */
  async run(command: string, ...args: readonly string[]): Promise<string> {
    // The runner of these tests is not part of the project.
    const { NODE_OPTIONS: _, ...env } = process.env;
    const { stdout, stderr } = await run(command, args, { cwd: this.folder, env });
    return stdout + stderr;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
