import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess, type TestProcess } from './processes.ts';

/** A folder for one system; PostgreSQL may run as another account, which must be able to pass through. */
export function newFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `kakunin-e2e-${name}-`));
}

/** Every port any free one: suites run side by side. */
export const FREE_PORTS = Object.fromEntries(
  [
    'REGISTRY_API_PORT',
    'REGISTRY_MANAGEMENT_PORT',
    'OCSP_MTLS_PORT',
    'OCSP_PLAIN_PORT',
    'OCSP_MANAGEMENT_PORT',
    'CRL_PUBLIC_PORT',
    'CRL_MANAGEMENT_PORT',
    'BILLING_API_PORT',
    'BILLING_STATUS_PORT',
    'BILLING_MANAGEMENT_PORT',
  ].map((name) => [`KAKUNIN_${name}`, '0']),
);

export interface OneProcess {
  readonly process: TestProcess;
  /** What `.kakunin/cli.json` says. */
  readonly profile: { readonly ocspUrl: string; readonly crlUrl: string; readonly registryUrl: string };
}

/** Starts `apps/all-in-one` with its data in `<folder>/.kakunin`, and waits until it says that it is ready. */
export async function startOneProcess(folder: string, environment: Record<string, string> = {}): Promise<OneProcess> {
  const directory = join(folder, '.kakunin');
  const process = startProcess('apps/all-in-one/dist/main.js', {
    ...FREE_PORTS,
    KAKUNIN_DIRECTORY: directory,
    ...environment,
  });
  await process.says('Kakunin 確認 is ready.', 120_000);
  return { process, profile: JSON.parse(readFileSync(join(directory, 'cli.json'), 'utf8')) };
}
