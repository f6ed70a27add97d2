import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@kakunin/calendar';
import { ServiceClient } from '@kakunin/service-client';
import type { Logger } from 'pino';
import { type KeyedAuthority, keyedAuthorities } from './authorities.ts';
import { PUBLIC, readIfThere, writeWhole } from './files.ts';
import { readPlan } from './plan.ts';
import { csvOf, entriesOf } from './population.ts';
import { knownAuthorities, registerAuthority } from './registration.ts';
import { registerRelyingParties } from './relying-parties.ts';
import { describeFiles, type SandboxDescription, type SandboxFiles, sandboxFiles } from './sandbox-files.ts';
import { placeCrlSigner, renewOcspSigner, type SignerDirectories } from './signers.ts';
import { offerTestCertificates } from './test-certificates.ts';

export interface SandboxInput extends SignerDirectories {
  /** Everything of the sandbox lies in `sandbox/` below it. */
  readonly dataDirectory: string;
  /** The registry's `api` listener. */
  readonly registryUrl: string;
  /** How to call it: an operator's client certificate. PEM files. */
  readonly tls: { readonly caFile: string; readonly certificateFile: string; readonly keyFile: string };
  /** Where the public page finds its test certificates. */
  readonly testCertificatesDirectory: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Sandbox {
  describe(): SandboxDescription;
  /** Renews the responder certificates that end soon; runs by itself. @returns how many were made */
  renew(): Promise<number>;
  /** Ends the renewals. */
  close(): void;
}

const RENEWAL_PERIOD = 10 * 60_000;

/**
 * Plays the certificate authorities: on the first start of an empty system it makes keys, certificates and relying
 * parties and tells the registry of them; afterwards it keeps the responder certificates fresh. A creation that was cut
 * short is completed by the next call.
 * @returns undefined when the registry already serves authorities that are not the sandbox's
 * @throws SandboxError | ServiceCallError
 */
export async function createSandbox(input: SandboxInput): Promise<Sandbox | undefined> {
  const { clock, logger, dataDirectory, tls } = input;
  const directory = join(dataDirectory, 'sandbox');
  const registry = new ServiceClient({
    service: 'linkage registry',
    url: input.registryUrl,
    tls: { ca: readFileSync(tls.caFile), cert: readFileSync(tls.certificateFile), key: readFileSync(tls.keyFile) },
  });
  const known = await knownAuthorities(registry);
  if (known.size > 0 && !(await isBegun(directory))) return undefined;
  const plan = await readPlan(directory, clock.now());
  const authorities = await keyedAuthorities(plan, directory);
  const renew = () => renewAll(authorities, input);
  // Early: responder and publisher have found them when the registry tells of the authorities.
  await Promise.all([renew(), ...authorities.map((authority) => placeCrlSigner(authority, input))]);
  const files = await sandboxFiles(plan, authorities, directory);
  await offerTestCertificates(files.specimens.flat(), input.testCertificatesDirectory);
  if (!(await isCompleted(directory)) || !authorities.every(({ authorityId }) => known.has(authorityId))) {
    logger.info('creating the sandbox: 4 authorities, 10,000 certificates');
    await populate(registry, files);
    await writeWhole(completedFile(directory), `${new Date(clock.now()).toISOString()}\n`, PUBLIC);
  }
  const timer = setInterval(() => {
    renew().catch((error: unknown) =>
      logger.error({ err: error }, 'the sandbox could not renew responder certificates'),
    );
  }, RENEWAL_PERIOD).unref();
  return { describe: () => describeFiles(files), renew, close: () => clearInterval(timer) };
}

/** Written last: the registry has taken everything. */
const completedFile = (directory: string): string => join(directory, 'completed');
const isCompleted = async (directory: string): Promise<boolean> =>
  (await readIfThere(completedFile(directory))) !== undefined;
/** The plan is written first. */
const isBegun = async (directory: string): Promise<boolean> =>
  (await readIfThere(join(directory, 'plan.json'))) !== undefined;

async function renewAll(authorities: readonly KeyedAuthority[], input: SandboxInput): Promise<number> {
  const now = input.clock.now();
  const made = await Promise.all(authorities.map((authority) => renewOcspSigner(authority, input, now)));
  return made.filter(Boolean).length;
}

/** Authorities one after the other: certificates succeed those of the older generation. */
async function populate(registry: ServiceClient, files: SandboxFiles): Promise<void> {
  for (const [n, authority] of files.authorities.entries()) {
    const fingerprints = files.specimens[n]!.map(({ fingerprint }) => fingerprint);
    await registerAuthority(registry, authority, csvOf(entriesOf(files.plan, authority, fingerprints)));
  }
  await registerRelyingParties(registry, files.platformProvider.certificate);
}
