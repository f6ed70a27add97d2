import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileVersion, foldersIn } from '@kakunin/signing-keys';
import { readPolicy } from './authority-policy.ts';
import type { AuthorityPolicy } from './authority-policy.ts';

interface Entry {
  /** Of the file that was read last. */
  readonly version: string | undefined;
  /** undefined: the file was never good. */
  readonly policy: AuthorityPolicy | undefined;
  readonly problem: string | undefined;
  /** What was wrong at this look: a file that is just being written may be half of itself. */
  readonly doubt: string | undefined;
}

export interface AuthorityPoliciesOptions {
  readonly directory: string;
  readonly defaults: AuthorityPolicy;
  readonly log: { info(message: string): void; warn(message: string): void };
}

/** Policies that follow `<directory>/<authorityId>/policy.json`; a bad file leaves the policy before it in force. */
export class AuthorityPolicies {
  readonly #options: AuthorityPoliciesOptions;
  #entries: ReadonlyMap<string, Entry> = new Map();

  constructor(options: AuthorityPoliciesOptions) {
    this.#options = options;
  }

  /**
   * The same object until something changes.
   * @returns undefined while there is only a file that cannot be used: what it wanted to be stricter about is not known
   */
  get(authorityId: string): AuthorityPolicy | undefined {
    const entry = this.#entries.get(authorityId);
    return entry ? entry.policy : this.#options.defaults;
  }

  /** What is wrong with the file, and so what to mend. */
  problem(authorityId: string): string | undefined {
    return this.#entries.get(authorityId)?.problem;
  }

  /**
   * Looks at the files. Never fails.
   * @param look.patient what is wrong is a problem only when the next look says so too
   */
  async look({ patient }: { readonly patient: boolean }): Promise<void> {
    const names = await foldersIn(this.#options.directory, this.#entries.keys());
    const entries = names.map(async (name) => [name, await this.#lookAt(name, patient)] as const);
    this.#entries = new Map(await Promise.all(entries));
  }

  async #lookAt(name: string, patient: boolean): Promise<Entry> {
    const known = this.#entries.get(name);
    const entry = await this.#read(name, known);
    if (entry.doubt === undefined) {
      if (known?.policy !== entry.policy && known) this.#options.log.info(`${name}: another policy is in force`);
      return entry;
    }
    const problem = !patient || known?.doubt !== undefined ? entry.doubt : known?.problem;
    if (problem !== undefined && problem !== known?.problem) this.#options.log.warn(`${name}: ${problem}`);
    return { ...entry, problem };
  }

  async #read(name: string, known: Entry | undefined): Promise<Entry> {
    const { directory, defaults } = this.#options;
    const file = join(directory, name, 'policy.json');
    const doubtful = (doubt: string): Entry => {
      return { version: undefined, policy: known?.policy, problem: known?.problem, doubt: `${file}: ${doubt}` };
    };
    try {
      const version = await fileVersion(file);
      if (version === undefined && known?.version !== undefined) return doubtful('it is gone');
      if (version === undefined) return { ...GOOD, version, policy: defaults };
      if (known?.version === version) return known;
      const { policy, problem } = readPolicy(await readFile(file, 'utf8'), defaults);
      return policy ? { ...GOOD, version, policy } : doubtful(problem);
    } catch (error) {
      return doubtful((error as Error).message);
    }
  }
}

const GOOD = { problem: undefined, doubt: undefined } as const;
