import { loadPair, type PairFiles, pairFiles, problemOf, type SigningPair } from './signing-pair.ts';

export interface Look {
  /** Epoch ms. */
  readonly now: number;
  /** What cannot be read is a problem only when the next look says so too: files are replaced one after the other. */
  readonly patient: boolean;
  /** A folder without files is none: others stand in for it. */
  readonly optional: boolean;
  /** @returns why the pair must not be used, undefined when it may; asked again until it may */
  readonly refusal: (pair: SigningPair, inUse: readonly SigningPair[]) => string | undefined;
}

const NONE: PairFiles = { pem: undefined, pkcs11: undefined, certificate: undefined };

/**
 * One folder with a key and a certificate. A pair that cannot be read or is refused leaves the one before it in use, and
 * one that is not valid yet has the one before it at its side until it begins.
 */
export class CredentialFolder {
  readonly #path: string;
  readonly #folder: string;
  /** Of the files that were read last; undefined when they could not be. */
  #version: string | undefined;
  /** Read, and refused so far. */
  #offered: SigningPair | undefined;
  #pairs: readonly SigningPair[] = [];
  #problem: string | undefined;
  /** The last look found something wrong. */
  #doubt = false;

  constructor(path: string, folder: string) {
    this.#path = path;
    this.#folder = folder;
  }

  /** In use, newest first; the same array until something changes. */
  get pairs(): readonly SigningPair[] {
    return this.#pairs;
  }

  /** Why the files of today are not in use. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Never fails: whatever is wrong is the `problem`. */
  async look(look: Look): Promise<void> {
    try {
      const files = await pairFiles(this.#path);
      if (!files && look.optional) return this.#giveUp(look);
      await this.#read(files);
      this.#doubt = false;
      this.#review(look);
    } catch (error) {
      this.#version = undefined;
      if (this.#doubt || !look.patient) this.#problem = problemOf(error, this.#path);
      this.#doubt = true;
    }
  }

  #giveUp({ patient }: Look): void {
    if (this.#doubt || !patient) [this.#pairs, this.#offered, this.#problem] = [[], undefined, undefined];
    this.#version = undefined;
    this.#doubt = true;
  }

  async #read(files: PairFiles = NONE): Promise<void> {
    const version = Object.values(files).join(' ');
    if (version === this.#version) return;
    this.#offered = { folder: this.#folder, ...(await loadPair(this.#path, files)) };
    this.#version = version;
  }

  #review({ now, refusal }: Look): void {
    const begun = this.#pairs.filter(({ certificate }) => certificate.notBefore <= now);
    const offered = this.#offered;
    if (offered) {
      this.#problem = refusal(offered, begun);
      if (this.#problem !== undefined) return;
      this.#offered = undefined;
      this.#pairs = [offered, ...(offered.certificate.notBefore <= now ? [] : begun.slice(0, 1))];
    } else if (begun.length > 1) {
      this.#pairs = begun.slice(0, 1);
    }
  }
}
