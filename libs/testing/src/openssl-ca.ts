import { execFile } from 'node:child_process';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OPENSSL_CA_CONFIGURATION } from './openssl-ca-configuration.ts';

const run = promisify(execFile);

/** Runs the system's `openssl`; @returns what it printed, on both outputs. Rejects when it fails. */
export async function openssl(args: readonly string[], options: { readonly cwd?: string } = {}): Promise<string> {
  const { stdout, stderr } = await run('openssl', args, { ...options, maxBuffer: 256 * 1024 * 1024 });
  return stdout + stderr;
}

export interface CertificateFiles {
  readonly certificateFile: string;
  /** PKCS#8, PEM. */
  readonly keyFile: string;
}

/** A line of `index.txt`: what `openssl ca` knows of a certificate. */
export interface IndexLine {
  /** Hexadecimal of an even number of digits, upper case. */
  readonly serialNumber: string;
  /** Epoch ms. */
  readonly notAfter: number;
  readonly revoked?: { readonly at: number; readonly reason?: string };
}

const KEY_OPTIONS = {
  rsa: ['-newkey', 'rsa:2048'],
  p256: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  p384: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384'],
} as const;

export interface OpensslCaOptions {
  readonly keyType?: keyof typeof KEY_OPTIONS;
  readonly commonName?: string;
}

/** An authority that the real `openssl ca` runs, with its index.txt. */
export class OpensslCa implements CertificateFiles {
  readonly directory: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly indexFile: string;
  readonly #keyOptions: readonly string[];

  constructor(directory: string, keyType: keyof typeof KEY_OPTIONS) {
    this.directory = directory;
    this.#keyOptions = KEY_OPTIONS[keyType];
    ({ certificateFile: this.certificateFile, keyFile: this.keyFile } = this.#files('ca'));
    this.indexFile = join(directory, 'index.txt');
  }

  issue(commonName: string): Promise<CertificateFiles> {
    return this.#certify(commonName, 'leaf');
  }

  /** A delegated OCSP responder: id-kp-OCSPSigning and nocheck. */
  issueResponder(commonName = 'responder'): Promise<CertificateFiles> {
    return this.#certify(commonName, 'responder');
  }

  /** @param reason as `openssl ca -crl_reason` takes it */
  async revoke(certificateFile: string, reason = 'unspecified'): Promise<void> {
    await this.#openssl('ca', '-revoke', certificateFile, '-crl_reason', reason);
  }

  /** Enters certificates that exist in the index alone: 100,000 of them take a second, not an hour. */
  async enter(lines: readonly IndexLine[]): Promise<void> {
    await appendFile(this.indexFile, lines.map(indexLine).join(''));
  }

  /** Signs a CRL. @returns its file, PEM */
  async generateCrl(): Promise<string> {
    await this.#openssl('ca', '-gencrl', '-out', 'crl.pem');
    return join(this.directory, 'crl.pem');
  }

  /** Signs its own certificate. */
  async initialize(commonName: string): Promise<void> {
    await mkdir(join(this.directory, 'certificates'), { recursive: true });
    const files = { 'openssl.cnf': OPENSSL_CA_CONFIGURATION, 'index.txt': '', serial: '1000\n', crlnumber: '01\n' };
    for (const [name, content] of Object.entries(files)) await writeFile(join(this.directory, name), content);
    const certificate = ['-x509', '-days', '7300', '-extensions', 'authority_certificate', '-out', 'ca.pem'];
    await this.#request('ca', `/C=JP/O=Kakunin Test/CN=${commonName}`, certificate);
  }

  #files(name: string): CertificateFiles {
    return { certificateFile: join(this.directory, `${name}.pem`), keyFile: join(this.directory, `${name}.key.pem`) };
  }

  async #certify(name: string, extensions: string): Promise<CertificateFiles> {
    await this.#request(name, `/C=JP/CN=${name}`, ['-out', `${name}.csr`]);
    const files = ['-in', `${name}.csr`, '-out', `${name}.pem`];
    await this.#openssl('ca', '-batch', '-notext', '-extensions', extensions, ...files);
    return this.#files(name);
  }

  #request(name: string, subject: string, rest: readonly string[]): Promise<string> {
    const key = [...this.#keyOptions, '-nodes', '-keyout', `${name}.key.pem`];
    return this.#openssl('req', '-new', ...key, '-utf8', '-subj', subject, ...rest);
  }

  #openssl(command: string, ...args: readonly string[]): Promise<string> {
    return openssl([command, '-config', 'openssl.cnf', ...args], { cwd: this.directory });
  }
}

/** @param directory is made; everything lies in it */
export async function createOpensslCa(directory: string, options: OpensslCaOptions = {}): Promise<OpensslCa> {
  const ca = new OpensslCa(directory, options.keyType ?? 'p256');
  await ca.initialize(options.commonName ?? 'OpenSSL Test CA');
  return ca;
}

/** Tab-separated: state, expiry, revocation date and reason, serial number, file, subject. */
function indexLine({ serialNumber, notAfter, revoked }: IndexLine): string {
  const revocation = revoked ? utcTime(revoked.at) + (revoked.reason ? `,${revoked.reason}` : '') : '';
  return [revoked ? 'R' : 'V', utcTime(notAfter), revocation, serialNumber, 'unknown', `/CN=${serialNumber}\n`].join(
    '\t',
  );
}

const utcTime = (instant: number): string => `${new Date(instant).toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`;
