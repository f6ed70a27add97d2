import { randomBytes } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '@kakunin/calendar';

/** Everything that a command touches besides files and services. */
export interface Terminal {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the search for a profile begins, and what relative file names are relative to. */
  readonly directory: string;
  readonly clock: Clock;
  readonly random: (octets: number) => Uint8Array;
}

export const processTerminal = (): Terminal => ({
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  directory: process.cwd(),
  clock: { now: () => Date.now() },
  random: (octets) => randomBytes(octets),
});
