import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandLine, type Outcome } from '../testing/command-line.ts';
import { type SandboxRegistry, startSandboxRegistry } from '../testing/sandbox-registry.ts';

let registry: SandboxRegistry;
let run: (...args: string[]) => Promise<Outcome>;
beforeAll(async () => {
  registry = await startSandboxRegistry();
  run = commandLine({ profile: registry.profile });
});
afterAll(() => registry?.close());

const certificate = (name: string) => registry.sandbox.certificates[name]!;

async function identify(name: string, serviceProvider: string): Promise<Outcome> {
  const { certificateFile, keyFile } = certificate(name);
  return run('identify', '--certificate', certificateFile, '--key', keyFile, '--service-provider', serviceProvider);
}

it('names the person alike before and after renewal, in both families, and otherwise to each service provider', async () => {
  await expect.poll(() => identify('signature-before-renewal', 'sandbox-sp-a')).toMatchObject({ exitCode: 0 });
  const names = await Promise.all(
    [
      'signature-before-renewal',
      'signature-after-renewal',
      'user-authentication-before-renewal',
      'user-authentication-after-renewal',
    ].map(async (name) => (await identify(name, 'sandbox-sp-a')).stdout),
  );
  expect(new Set(names).size).toBe(1);
  // Crockford's base32, and a check symbol that may be one of *~$=U.
  expect(names[0]).toMatch(/^[0-9A-HJKMNP-TV-Z]{33}[0-9A-HJKMNP-Z*~$=]\n$/);
  expect((await identify('signature-after-renewal', 'sandbox-sp-b')).stdout).not.toBe(names[0]);
  expect((await identify('signature-valid', 'sandbox-sp-a')).stdout).not.toBe(names[0]);
});

it('ends with 1 for a certificate that is revoked or held', async () => {
  expect(await identify('signature-revoked', 'sandbox-sp-a')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^revoked since/) as string,
  });
  expect(await identify('user-authentication-held', 'sandbox-sp-a')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^held since/) as string,
  });
});

it('holds, releases and revokes for good', async () => {
  const { certificateFile } = certificate('user-authentication-valid');
  const outcome = async (...args: string[]) =>
    (await run('certificate', ...args, '--certificate', certificateFile)).exitCode;
  expect([await outcome('hold'), await outcome('release'), await outcome('revoke')]).toEqual([0, 0, 0]);
  const released = await run('certificate', 'release', '--certificate', certificateFile);
  expect(released.exitCode).toBe(1);
  expect(released.stderr).toContain('finally_revoked');
});

it('issues, by the certificate of its predecessor', async () => {
  const after = certificate('signature-after-renewal').certificateFile;
  const before = certificate('signature-before-renewal').certificateFile;
  const { exitCode, stderr } = await run('certificate', 'issue', '--certificate', after, '--predecessor', before);
  expect([exitCode, stderr]).toEqual([0, 'The certificate of signature-g2 is registered.\n']);
});

it('imports what index.txt says, and names the line that it cannot read', async () => {
  const index = ['V\t301231235959Z\t\t0A01\tunknown\t/CN=a', 'V\tnever\t\t0A02\tunknown\t/CN=b', ''].join('\n');
  const shell = commandLine({ profile: registry.profile, stdin: index });
  const { exitCode, stdout } = await shell('certificates', 'import', '-', '--authority', 'signature-g1');
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/imported +1\nunchanged +0\nrejected +1\n/);
  expect(stdout).toMatch(/ {3}2 {2}The expiry/);
});

it('lists what the registry knows', async () => {
  expect((await run('authority', 'list')).stdout.trimEnd().split('\n')).toHaveLength(5);
  expect((await run('relying-party', 'list')).stdout).toMatch(/sandbox-sp-a +service_provider +sandbox-pf/);
  expect((await run('dead-letters', 'list')).stdout).toBe('(none)\n');
});
