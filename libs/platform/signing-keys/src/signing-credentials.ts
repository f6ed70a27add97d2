import { join } from 'node:path';
import type { SigningCredential } from '@kakunin/x509';
import { CredentialFolder, type Look } from './credential-folder.ts';
import { foldersIn } from './folders-in.ts';
import type { SigningPair } from './signing-pair.ts';
import { Watch } from './watch.ts';

export interface SigningCredentialsOptions {
  /** Holds a folder for each name, such as an authority's id, with a pair of files; further pairs in folders below it. */
  readonly directory: string;
  /** How often the files are looked at, ms; left out: only `refresh` looks at them. */
  readonly interval?: number;
  /** Epoch ms. */
  readonly clock: { now(): number };
  /**
   * Asked again until it may be used.
   * @returns why a pair must not be used, undefined when it may
   */
  readonly refusal?: (review: PairReview) => string | undefined;
  /** Told of each pair that is taken up, and of each problem when it comes up. */
  readonly onChange?: (change: CredentialChange) => void;
}

export interface PairReview {
  readonly name: string;
  readonly pair: SigningPair;
  /** What the folder has in use: a refused pair leaves it so. */
  readonly inUse: readonly SigningPair[];
}

export type CredentialChange =
  | { readonly name: string; readonly pair: SigningPair; readonly problem?: undefined }
  | { readonly name: string; readonly pair?: undefined; readonly problem: string };

/**
 * Signing credentials that follow their files: a replaced pair is taken up without a restart. A bad replacement is
 * reported in `problems`, and the old pair goes on signing. A folder that is gone takes its pair with it.
 */
export class SigningCredentials {
  readonly #options: SigningCredentialsOptions;
  /** By name, then by the folder below it; the name's own folder is ''. */
  #folders: ReadonlyMap<string, ReadonlyMap<string, CredentialFolder>> = new Map();
  #pairs: ReadonlyMap<string, readonly SigningPair[]> = new Map();
  readonly #watch: Watch;

  private constructor(options: SigningCredentialsOptions) {
    this.#options = options;
    this.#watch = new Watch(() => this.#lookAtAll(true), options.interval);
  }

  /** Reads all there is, then follows the files until `close`. */
  static async open(options: SigningCredentialsOptions): Promise<SigningCredentials> {
    const credentials = new SigningCredentials(options);
    await credentials.#lookAtAll(false);
    return credentials;
  }

  /** The pair of the name's own folder. */
  get(name: string): SigningCredential | undefined {
    return this.pairs(name).find(({ folder }) => folder === '')?.credential;
  }

  /** All that the name has, those of its own folder first; the same array until something changes. */
  pairs(name: string): readonly SigningPair[] {
    return this.#pairs.get(name) ?? [];
  }

  /** Names that there is a pair for. */
  names(): readonly string[] {
    return [...this.#pairs].filter(([, pairs]) => pairs.length > 0).map(([name]) => name);
  }

  /** By name: what is wrong with the files, and so what to mend. */
  problems(): ReadonlyMap<string, string> {
    const problems = [...this.#folders].map(([name, folders]) => {
      return [name, [...folders.values()].flatMap(({ problem }) => problem ?? []).join('; ')] as const;
    });
    return new Map(problems.filter(([, problem]) => problem !== ''));
  }

  /** Looks at the files now. Never fails: whatever is wrong is in `problems`. */
  refresh(): Promise<void> {
    return this.#watch.now();
  }

  close(): Promise<void> {
    return this.#watch.close();
  }

  async #lookAtAll(patient: boolean): Promise<void> {
    const names = await foldersIn(this.#options.directory, this.#folders.keys());
    const looks = names.map(async (name) => [name, await this.#lookAtName(name, patient)] as const);
    this.#folders = new Map(await Promise.all(looks));
    this.#pairs = new Map(names.map((name) => [name, this.#pairsOf(name)]));
  }

  async #lookAtName(name: string, patient: boolean): Promise<ReadonlyMap<string, CredentialFolder>> {
    const path = join(this.#options.directory, name);
    const known = this.#folders.get(name);
    const below = await foldersIn(
      path,
      [...(known?.keys() ?? [])].filter((folder) => folder !== ''),
    );
    const folders = ['', ...below].map((folder) => {
      return [folder, known?.get(folder) ?? new CredentialFolder(join(path, folder), folder)] as const;
    });
    const optional = below.length > 0;
    await Promise.all(folders.map(([, folder]) => this.#lookAtFolder(name, folder, { patient, optional })));
    return new Map(folders);
  }

  async #lookAtFolder(name: string, folder: CredentialFolder, look: Pick<Look, 'patient' | 'optional'>): Promise<void> {
    const { clock, refusal, onChange } = this.#options;
    const [before, trouble] = [folder.pairs, folder.problem];
    const review = (pair: SigningPair, inUse: readonly SigningPair[]) => refusal?.({ name, pair, inUse });
    await folder.look({ ...look, now: clock.now(), refusal: review });
    const [pair] = folder.pairs;
    const { problem } = folder;
    if (pair && !before.includes(pair)) onChange?.({ name, pair });
    if (problem !== undefined && problem !== trouble) onChange?.({ name, problem });
  }

  #pairsOf(name: string): readonly SigningPair[] {
    const pairs = [...(this.#folders.get(name)?.values() ?? [])].flatMap((folder) => folder.pairs);
    const before = this.pairs(name);
    return pairs.length === before.length && pairs.every((pair, index) => pair === before[index]) ? before : pairs;
  }
}
