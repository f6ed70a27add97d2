import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './processes.ts';

/** A certificate authority made by the `openssl` binary alone. */
export interface OpensslAuthority {
  readonly directory: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

async function openssl(args: readonly string[], cwd: string): Promise<string> {
  const { status, stdout, stderr } = await run('openssl', args, { cwd });
  if (status !== 0) throw new Error(`openssl ${args.join(' ')} failed:\n${stderr}`);
  return stdout;
}

export async function createAuthority(directory: string, name = 'E2E CA'): Promise<OpensslAuthority> {
  mkdirSync(directory, { recursive: true });
  const files = { certificateFile: join(directory, 'ca.pem'), keyFile: join(directory, 'ca.key.pem') };
  const extensions = [
    '-addext',
    'basicConstraints=critical,CA:TRUE',
    '-addext',
    'keyUsage=critical,keyCertSign,cRLSign',
  ];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const subject = ['-subj', `/C=JP/O=Kakunin E2E/CN=${name}`, '-days', '3650'];
  await openssl(
    ['req', '-x509', ...key, ...subject, ...extensions, '-keyout', files.keyFile, '-out', files.certificateFile],
    directory,
  );
  return { directory, ...files };
}

export interface LeafOptions {
  readonly name: string;
  /** Lower-case hex. */
  readonly serialNumber?: string;
  /** Lines of an extension section. */
  readonly extensions: readonly string[];
}

/** Issues a certificate with a key of its own: `<name>.pem` and `<name>.key.pem` in the authority's folder. */
export async function issueLeaf(
  authority: OpensslAuthority,
  leaf: LeafOptions,
): Promise<{ certificateFile: string; keyFile: string }> {
  const at = (suffix: string): string => join(authority.directory, `${leaf.name}${suffix}`);
  writeFileSync(at('.ext'), `${leaf.extensions.join('\n')}\n`);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at('.key.pem')];
  await openssl(['req', '-new', ...key, '-subj', `/CN=${leaf.name}`, '-out', at('.csr')], authority.directory);
  const issuer = ['-CA', authority.certificateFile, '-CAkey', authority.keyFile];
  const serial = ['-set_serial', `0x${leaf.serialNumber ?? `7${randomBytes(15).toString('hex').slice(1)}`}`];
  await openssl(
    [
      'x509',
      '-req',
      '-in',
      at('.csr'),
      ...issuer,
      ...serial,
      '-days',
      '30',
      '-extfile',
      at('.ext'),
      '-out',
      at('.pem'),
    ],
    authority.directory,
  );
  return { certificateFile: at('.pem'), keyFile: at('.key.pem') };
}

export const RESPONDER_EXTENSIONS = [
  'keyUsage=critical,digitalSignature',
  'extendedKeyUsage=OCSPSigning',
  'noCheck=ignored',
];
export const CLIENT_EXTENSIONS = ['keyUsage=critical,digitalSignature', 'extendedKeyUsage=clientAuth'];
