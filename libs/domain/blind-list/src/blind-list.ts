import { type BlockShape, isRevoked, solutionWords } from './block.ts';
import { parseShape, SHAPE_OCTETS } from './block-table.ts';
import { type BlindListHeader, HEADER_OCTETS, malformed, parseHeader } from './header.ts';
import { KeyHash } from './key-hash.ts';
import { scale } from './mix.ts';

interface Block {
  readonly shape: BlockShape;
  readonly words: Int32Array;
}

/** One file: a full list or a delta. What it says of its signature must have been checked before. */
export class BlindList {
  readonly header: BlindListHeader;
  readonly #blocks: readonly Block[];
  readonly #key: KeyHash;

  private constructor(header: BlindListHeader, blocks: readonly Block[]) {
    this.header = header;
    this.#blocks = blocks;
    this.#key = new KeyHash(header.salt);
  }

  /**
   * Reads a file; its octets are copied.
   * @throws BlindListError `malformed`
   */
  static parse(octets: Uint8Array): BlindList {
    const { header, blocks } = parseHeader(octets);
    const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
    let at = HEADER_OCTETS + blocks * SHAPE_OCTETS;
    if (at > octets.length) throw malformed('it is cut off in its table');
    const shapes = Array.from({ length: blocks }, (_, block) => parseShape(view, HEADER_OCTETS + block * SHAPE_OCTETS));
    const end = shapes.reduce((sum, shape) => sum + solutionWords(shape) * 4, at);
    if (end !== octets.length) throw malformed('its length is not what its table says');
    const parsed = shapes.map((shape) => {
      const words = new Int32Array(solutionWords(shape));
      for (let index = 0; index < words.length; index += 1, at += 4) words[index] = view.getInt32(at, true);
      return { shape, words };
    });
    return new BlindList(header, parsed);
  }

  /**
   * What this file alone says; of certificates that it does not cover the answer means nothing. `BlindListChain` knows
   * which it covers.
   * @param fingerprint SHA-256 of the certificate's DER
   * @throws BlindListError `invalid_input`
   */
  marks(fingerprint: Uint8Array): boolean {
    this.#key.take(fingerprint);
    const { shape, words } = this.#blocks[scale(this.#key.place, this.#blocks.length)]!;
    return isRevoked(shape, words, this.#key);
  }
}
