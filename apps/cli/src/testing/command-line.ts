import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { run } from '../program.ts';
import type { profileSchema } from '../profile.ts';
import type { z } from 'zod';

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as octets, for what is no text. */
  readonly octets: Buffer;
}

export interface Surroundings {
  readonly profile?: z.input<typeof profileSchema>;
  /** By file name, written into the working directory. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Epoch ms; the real time when left out. */
  readonly now?: number;
  readonly isTTY?: boolean;
}

/** A shell in a directory of its own: runs command lines in this process, and keeps what they print. */
export function commandLine(surroundings: Surroundings = {}): (...args: string[]) => Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), 'kakunin-cli-'));
  if (surroundings.profile) {
    mkdirSync(join(directory, '.kakunin'));
    writeFileSync(join(directory, '.kakunin/cli.json'), JSON.stringify(surroundings.profile));
  }
  for (const [name, content] of Object.entries(surroundings.files ?? {})) writeFileSync(join(directory, name), content);
  return async (...args) => {
    const [out, err] = [collector(), collector()];
    const { now, env = {}, stdin = '', isTTY = false } = surroundings;
    const exitCode = await run(args, {
      stdin: Readable.from([Buffer.from(stdin)]),
      stdout: out.stream,
      stderr: Object.assign(err.stream, { isTTY }),
      env,
      directory,
      clock: { now: () => now ?? Date.now() },
      random: (octets) => new Uint8Array(octets).fill(7),
    });
    return { exitCode, stdout: out.octets().toString(), stderr: err.octets().toString(), octets: out.octets() };
  };
}

function collector(): { stream: Writable; octets: () => Buffer } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer | string, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, octets: () => Buffer.concat(chunks) };
}
