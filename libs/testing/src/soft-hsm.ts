import { execFile } from 'node:child_process';
import type { KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Debian, Fedora, Arch, Homebrew, FreeBSD. */
const MODULES = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib64/pkcs11/libsofthsm2.so',
  '/usr/lib64/softhsm/libsofthsm2.so',
  '/usr/lib/pkcs11/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
];

const PIN = '246810';

/** A token of SoftHSM 2 in a folder of its own. Its library is told where by SOFTHSM2_CONF, which is set here. */
export class SoftHsm {
  readonly module: string;
  readonly tokenLabel = 'kakunin-test';
  readonly pinFile: string;
  readonly #directory: string;
  #keys = 0;

  constructor(directory: string, module: string) {
    this.#directory = directory;
    this.module = module;
    this.pinFile = join(directory, 'pin');
  }

  async initialize(): Promise<void> {
    const configuration = join(this.#directory, 'softhsm2.conf');
    await mkdir(this.#tokens);
    await writeFile(configuration, `directories.tokendir = ${this.#tokens}\nlog.level = ERROR\n`);
    process.env.SOFTHSM2_CONF = configuration;
    await writeFile(this.pinFile, `${PIN}\n`);
    await run('softhsm2-util', ['--init-token', '--free', '--label', this.tokenLabel, '--so-pin', PIN, '--pin', PIN]);
  }

  /** @returns the id that the token knows the key by, hexadecimal */
  async importKey(key: KeyObject, label: string): Promise<string> {
    const file = join(this.#directory, 'import.pem');
    const id = (0xa0 + this.#keys++).toString(16);
    await writeFile(file, key.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
    await run('softhsm2-util', [
      '--import',
      file,
      '--token',
      this.tokenLabel,
      '--label',
      label,
      '--id',
      id,
      '--pin',
      PIN,
    ]);
    return id;
  }

  /** Makes an AES-256 key that never leaves the token. */
  async makeAesKey(label: string): Promise<void> {
    const program = fileURLToPath(new URL('soft-hsm-aes-key.mjs', import.meta.url));
    await run(process.execPath, [program, this.module, this.tokenLabel, PIN, label]);
  }

  /** As if it had been pulled out. */
  async takeAway(): Promise<void> {
    await rename(this.#tokens, `${this.#tokens}-away`);
  }

  async putBack(): Promise<void> {
    await rename(`${this.#tokens}-away`, this.#tokens);
  }

  async remove(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }

  get #tokens(): string {
    return join(this.#directory, 'tokens');
  }
}

/** A token without keys. */
export async function createSoftHsm(): Promise<SoftHsm> {
  const module = MODULES.find((each) => existsSync(each));
  if (!module) throw new Error('SoftHSM 2 is missing: install the package softhsm2 (softhsm on Fedora and Homebrew).');
  const hsm = new SoftHsm(await mkdtemp(join(tmpdir(), 'kakunin-softhsm-')), module);
  await hsm.initialize();
  return hsm;
}
