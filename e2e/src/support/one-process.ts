import { chmodSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ANY_PORTS } from './ports.ts';
import { startProcess, type TestProcess } from './processes.ts';

/** A folder for one system; the caller removes it. */
export function newFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `kakunin-e2e-${name}-`));
  // Where tests run as root, PostgreSQL runs as another account and must reach its data below this folder.
  chmodSync(folder, 0o755);
  return folder;
}

export interface OneProcess {
  readonly process: TestProcess;
  /** What `.kakunin/cli.json` says. */
  readonly profile: { readonly ocspUrl: string; readonly crlUrl: string; readonly registryUrl: string };
}

/** The one-process system with its data in `<folder>/.kakunin`, started and not waited for. */
export const launchOneProcess = (folder: string, environment: Record<string, string> = {}): TestProcess =>
  startProcess('apps/all-in-one/dist/main.js', {
    ...ANY_PORTS,
    KAKUNIN_DIRECTORY: join(folder, '.kakunin'),
    ...environment,
  });

/** The same, once it says that it is ready. */
export async function startOneProcess(folder: string, environment: Record<string, string> = {}): Promise<OneProcess> {
  const process = launchOneProcess(folder, environment);
  await process.says('Kakunin 確認 is ready.', 120_000).catch(async (error: unknown) => {
    // Nobody else has it, to stop it.
    await process.stop();
    throw error;
  });
  return { process, profile: JSON.parse(readFileSync(join(folder, '.kakunin/cli.json'), 'utf8')) };
}
