import { run } from './processes.ts';

export interface OcspQuestion {
  readonly url: string;
  readonly issuer: string;
  /** Lower-case hex. */
  readonly serialNumbers: readonly string[];
}

/** Asks with the real `openssl ocsp`, which also verifies the answer. @returns status by serial number */
export async function askOpenssl({ url, issuer, serialNumbers }: OcspQuestion): Promise<ReadonlyMap<string, string>> {
  const serials = serialNumbers.flatMap((serialNumber) => ['-serial', `0x${serialNumber}`]);
  const args = ['ocsp', '-issuer', issuer, ...serials, '-url', url, '-CAfile', issuer, '-timeout', '20'];
  const { stdout, stderr } = await run('openssl', args);
  if (!/Response verify OK/.test(stdout + stderr)) throw new Error(`openssl refused the answer:\n${stdout}${stderr}`);
  return new Map(
    [...stdout.matchAll(/^0x([0-9a-f]+): (good|revoked|unknown)$/gim)].map(([, serial, status]) => [
      String(serial).toLowerCase(),
      String(status),
    ]),
  );
}
