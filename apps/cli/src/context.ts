import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ServiceClient, type TlsMaterial } from '@kakunin/service-client';
import { CliError, EXIT } from './cli-error.ts';
import { whyNot } from './file-fault.ts';
import { type Profile, readProfile } from './profile.ts';
import { type Column, renderTable } from './table.ts';
import type { Terminal } from './terminal.ts';

/** A certificate, a key, a serial number: octets. */
const MAX_INPUT = 1024 * 1024;

export interface GlobalOptions {
  readonly profile?: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
}

/** What a command works with. The profile is read when the first service is called: help needs none. */
export class Context {
  exitCode: number = EXIT.good;
  #profile: Profile | undefined;

  constructor(
    readonly terminal: Terminal,
    private readonly globals: () => GlobalOptions,
  ) {}

  get profile(): Profile {
    return (this.#profile ??= readProfile(this.terminal, this.globals().profile));
  }

  registry(): ServiceClient {
    return this.#service('linkage registry', 'registryUrl', this.officeTls());
  }

  /** The registry, called as the PF provider of the profile. */
  registryForPlatformProvider(): ServiceClient {
    return this.#service('linkage registry', 'registryUrl', this.platformProviderTls());
  }

  billing(): ServiceClient {
    return this.#service('billing meter', 'billingUrl', this.officeTls());
  }

  /** The billing meter, called as the PF provider of the profile. */
  billingForPlatformProvider(): ServiceClient {
    return this.#service('billing meter', 'billingUrl', this.platformProviderTls());
  }

  publisher(): ServiceClient {
    return this.#service('CRL publisher', 'publisherUrl', this.officeTls());
  }

  officeTls(): TlsMaterial {
    const { clientCertificate, clientKey } = this.#credential();
    const { clientCertificateFile, clientKeyFile } = this.profile;
    return this.#tls(this.#at(clientCertificate) ?? clientCertificateFile, this.#at(clientKey) ?? clientKeyFile);
  }

  platformProviderTls(): TlsMaterial {
    const { clientCertificate, clientKey } = this.#credential();
    const { certificateFile, keyFile } = this.profile.platformProvider ?? {};
    return this.#tls(this.#at(clientCertificate) ?? certificateFile, this.#at(clientKey) ?? keyFile);
  }

  /** For what is open to everyone. */
  publicTls(): TlsMaterial {
    return this.#tls(undefined, undefined);
  }

  /** An address of the profile. @throws CliError `usage` when it has none */
  address(name: 'registryUrl' | 'billingUrl' | 'publisherUrl' | 'ocspUrl' | 'ocspMtlsUrl' | 'crlUrl'): string {
    const url = this.profile[name];
    if (!url) throw new CliError('usage', `The profile ${this.profile.file} has no "${name}".`);
    return url;
  }

  /** A file's octets, `-` for stdin. */
  async read(name: string, limit = MAX_INPUT): Promise<Buffer> {
    if (name !== '-') return this.#readFile(name);
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of this.terminal.stdin as AsyncIterable<Buffer | string>) {
      const octets = Buffer.from(chunk);
      length += octets.length;
      if (length > limit) throw new CliError('usage', `stdin holds more than ${limit} bytes.`);
      chunks.push(octets);
    }
    return Buffer.concat(chunks);
  }

  /** An option's value, or one line of stdin for `-`: what must not lie in a shell's history. */
  async secret(value: string): Promise<string> {
    return value === '-' ? (await this.read('-')).toString('utf8').trim() : value;
  }

  path(name: string): string {
    return resolve(this.terminal.directory, name);
  }

  print(text: string): void {
    this.terminal.stdout.write(text);
  }

  /** What is for the reader and not for the next program in the pipe. */
  note(text: string): void {
    this.terminal.stderr.write(`${text}\n`);
  }

  printJson(value: unknown): void {
    this.print(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** A dry run of a command that sends this. */
  printUnsent(value: unknown): void {
    this.note('This would be sent. Nothing was sent.');
    this.printJson(value);
  }

  printRows<Row>(output: string, rows: readonly Row[], columns: readonly Column<Row>[]): void {
    if (output === 'json') this.printJson(rows);
    else this.print(renderTable(rows, columns));
  }

  #service(service: string, name: 'registryUrl' | 'billingUrl' | 'publisherUrl', tls: TlsMaterial): ServiceClient {
    return new ServiceClient({ service, url: this.address(name), tls });
  }

  #tls(certificateFile: string | undefined, keyFile: string | undefined): TlsMaterial {
    const { caFile } = this.profile;
    return {
      ...(caFile && { ca: this.#readFile(caFile) }),
      ...(certificateFile && { cert: this.#readFile(certificateFile) }),
      ...(keyFile && { key: this.#readFile(keyFile) }),
    };
  }

  /** One without the other would be held against the profile's, and fail in the handshake. */
  #credential(): Pick<GlobalOptions, 'clientCertificate' | 'clientKey'> {
    const { clientCertificate, clientKey } = this.globals();
    if ((clientCertificate === undefined) === (clientKey === undefined)) return this.globals();
    throw new CliError('usage', '--client-certificate and --client-key go together: give both, or neither.');
  }

  #at(name: string | undefined): string | undefined {
    return name === undefined ? undefined : this.path(name);
  }

  #readFile(name: string): Buffer {
    try {
      return readFileSync(this.path(name));
    } catch (cause) {
      throw new CliError('usage', `${name} cannot be read: ${whyNot(cause)}.`, { cause });
    }
  }
}
