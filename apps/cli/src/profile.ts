import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { CliError } from './cli-error.ts';
import { whyNot } from './file-fault.ts';
import type { Terminal } from './terminal.ts';

const credential = { certificateFile: z.string().min(1), keyFile: z.string().min(1) };

/** `.kakunin/cli.json`: where the services are, and as whom to call them. File names are relative to the profile. */
export const profileSchema = z.strictObject({
  /** The linkage registry's `api` listener (https). */
  registryUrl: z.url().optional(),
  /** The billing meter's `api` listener (https). */
  billingUrl: z.url().optional(),
  /** The CRL publisher's `api` listener (https): evidence. */
  publisherUrl: z.url().optional(),
  /** OCSP without client certificates (the sandbox's port), including the path: `http://127.0.0.1:8081/ocsp`. */
  ocspUrl: z.url().optional(),
  /** OCSP over mutual TLS, including the path. */
  ocspMtlsUrl: z.url().optional(),
  /** Where CRLs are: `<crlUrl>/<authority>.crl`. */
  crlUrl: z.url().optional(),
  /** What vouches for the services' server certificates (PEM). */
  caFile: z.string().min(1).optional(),
  /** The office's client certificate: registry, billing. */
  clientCertificateFile: z.string().min(1).optional(),
  clientKeyFile: z.string().min(1).optional(),
  /** The PF provider that `identify` and `ocsp query --mtls` call as. */
  platformProvider: z.strictObject({ code: z.string().min(1), ...credential }).optional(),
});
export type Profile = z.infer<typeof profileSchema> & { readonly file: string };

const PLACE = join('.kakunin', 'cli.json');

/**
 * The profile named by `--profile` or KAKUNIN_PROFILE, else the nearest `.kakunin/cli.json` upward.
 * @throws CliError `usage`
 */
export function readProfile(terminal: Terminal, option: string | undefined): Profile {
  const named = option ?? terminal.env['KAKUNIN_PROFILE'];
  const file = named ? resolve(terminal.directory, named) : findUpward(terminal.directory);
  if (!file) {
    throw new CliError(
      'usage',
      `No ${PLACE} here or in a folder above. "npm start" writes one; or name a profile with --profile FILE.`,
    );
  }
  return { ...absoluteFiles(parse(file), dirname(file)), file };
}

function findUpward(directory: string): string | undefined {
  const candidate = join(directory, PLACE);
  if (existsSync(candidate)) return candidate;
  const parent = dirname(directory);
  return parent === directory ? undefined : findUpward(parent);
}

function parse(file: string): z.infer<typeof profileSchema> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CliError('usage', `The profile ${file} cannot be read: ${whyNot(cause)}.`, { cause });
  }
  try {
    return profileSchema.parse(JSON.parse(text));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new CliError('usage', `The profile ${file} is not valid:\n${reason}`, { cause });
  }
}

function absoluteFiles(profile: z.infer<typeof profileSchema>, base: string): z.infer<typeof profileSchema> {
  const at = (name: string) => resolve(base, name);
  const { caFile, clientCertificateFile, clientKeyFile, platformProvider } = profile;
  return {
    ...profile,
    ...(caFile && { caFile: at(caFile) }),
    ...(clientCertificateFile && { clientCertificateFile: at(clientCertificateFile) }),
    ...(clientKeyFile && { clientKeyFile: at(clientKeyFile) }),
    ...(platformProvider && {
      platformProvider: {
        ...platformProvider,
        certificateFile: at(platformProvider.certificateFile),
        keyFile: at(platformProvider.keyFile),
      },
    }),
  };
}
