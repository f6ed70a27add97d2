import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SigningCredential } from '@kakunin/x509';
import { type CredentialFiles, loadSigningCredential } from './signing-credential.ts';

export interface SigningCredentialsOptions {
  /** Holds `<name>/key.pem` and `<name>/certificate.pem`; a name is an authority's id. */
  readonly directory: string;
  /** How often the files are looked at, ms. */
  readonly interval: number;
  /** @returns why a credential must not be used, undefined when it may; asked again until it may */
  readonly refusal?: (name: string, credential: SigningCredential) => string | undefined;
}

interface Entry {
  readonly credential: SigningCredential | undefined;
  /** Which files it was made of. */
  readonly version: string;
  /** Why the files of today are not in use. */
  readonly problem: string | undefined;
}

/**
 * Signing credentials that follow their files: a replaced pair is taken up without a restart, in a new object. A bad
 * replacement is reported in `problems`, and the old pair goes on signing. A folder that is gone takes its pair with it.
 */
export class SigningCredentials {
  #entries: ReadonlyMap<string, Entry> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #refreshing: Promise<void> | undefined;

  private constructor(private readonly options: SigningCredentialsOptions) {}

  /** Reads all there is, then follows the files until `close`. */
  static async open(options: SigningCredentialsOptions): Promise<SigningCredentials> {
    const credentials = new SigningCredentials(options);
    await credentials.refresh();
    credentials.#timer = setInterval(() => void credentials.refresh(), options.interval).unref();
    return credentials;
  }

  get(name: string): SigningCredential | undefined {
    return this.#entries.get(name)?.credential;
  }

  /** Names that there is a credential for. */
  names(): readonly string[] {
    return [...this.#entries].filter(([, { credential }]) => credential).map(([name]) => name);
  }

  /** By name: what is wrong with the files, and so what to mend. */
  problems(): ReadonlyMap<string, string> {
    return new Map([...this.#entries].flatMap(([name, { problem }]) => (problem ? [[name, problem]] : [])));
  }

  /** Looks at the files now. Never fails: whatever is wrong is in `problems`. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#readAll().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#refreshing;
  }

  async #readAll(): Promise<void> {
    const names = await this.#folders();
    const entries = await Promise.all(names.map(async (name) => [name, await this.#read(name)] as const));
    this.#entries = new Map(entries);
  }

  async #folders(): Promise<readonly string[]> {
    try {
      const found = await readdir(this.options.directory, { withFileTypes: true });
      return found.filter((each) => each.isDirectory()).map(({ name }) => name);
    } catch (error) {
      // No directory yet: no credentials yet. Any other trouble must not take away what signs now.
      return isMissing(error) ? [] : [...this.#entries.keys()];
    }
  }

  async #read(name: string): Promise<Entry> {
    const known = this.#entries.get(name);
    const folder = join(this.options.directory, name);
    const files = { keyFile: join(folder, 'key.pem'), certificateFile: join(folder, 'certificate.pem') };
    try {
      const version = await versionOf(files);
      if (known && known.version === version && !known.problem) return known;
      const credential = await loadSigningCredential(files);
      const problem = this.options.refusal?.(name, credential);
      return problem ? { ...unusable(known), problem } : { credential, version, problem };
    } catch (error) {
      return { ...unusable(known), problem: problemOf(error, folder) };
    }
  }
}

const unusable = (known: Entry | undefined): Pick<Entry, 'credential' | 'version'> => ({
  credential: known?.credential,
  version: known?.version ?? '',
});

/** Changes with the content: a replaced file has another inode, a rewritten one another time. */
async function versionOf({ keyFile, certificateFile }: CredentialFiles): Promise<string> {
  const found = await Promise.all([stat(keyFile), stat(certificateFile)]);
  return found.map(({ ino, mtimeMs, size }) => `${ino}:${mtimeMs}:${size}`).join(' ');
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

function problemOf(error: unknown, folder: string): string {
  if (isMissing(error)) return `${folder} must hold key.pem and certificate.pem.`;
  return error instanceof Error ? error.message : String(error);
}
