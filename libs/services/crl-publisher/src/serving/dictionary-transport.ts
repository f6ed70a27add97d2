import type { ObjectStore } from '@kakunin/objects';
import { type CrlSeries, decodePatchList, patchKey, type PatchList, patchListKey } from '@kakunin/publication';
import { readAll } from '../read-all.ts';
import { weightOf } from './content-coding.ts';
import { Remembered } from './remembered.ts';
import type { Representation } from './representation.ts';

/** Lists of patches: some kilobytes each. */
const REMEMBERED_LISTS = 2_000;
/** A structured field (RFC 8941) with the SHA-256 of the dictionary. */
const AVAILABLE_DICTIONARY = /^:([A-Za-z0-9+/]{43}=):$/;

/** How a caller wants a CRL, in headers as they came. */
export interface OfferedDictionary {
  readonly availableDictionary?: string | undefined;
  readonly acceptEncoding: string | undefined;
}

/** CRLs as patches of what the caller has of them: compression dictionary transport (RFC 9842). */
export class DictionaryTransport {
  readonly #store: Pick<ObjectStore, 'open'>;
  readonly #lists: Remembered<PatchList>;

  constructor(store: Pick<ObjectStore, 'open'>) {
    this.#store = store;
    this.#lists = new Remembered(REMEMBERED_LISTS, async (key) => {
      const content = await store.open(key);
      return content && decodePatchList((await readAll(content)).toString());
    });
  }

  /**
   * @param whole the CRL as it would be answered without a dictionary
   * @param crlNumber of that CRL
   * @returns `whole` where there is no patch from the dictionary
   */
  async shorten(
    whole: Representation,
    { series, crlNumber }: { readonly series: CrlSeries; readonly crlNumber: bigint },
    { availableDictionary, acceptEncoding }: OfferedDictionary,
  ): Promise<Representation> {
    const [, base64] = AVAILABLE_DICTIONARY.exec(availableDictionary ?? '') ?? [];
    if (base64 === undefined || weightOf(acceptEncoding, 'dcz') === 0) return whole;
    const list = await this.#lists.get(patchListKey(series, crlNumber));
    const sha256 = Buffer.from(base64, 'base64').toString('hex');
    const from = list?.versions.find((version) => version.sha256 === sha256)?.crlNumber;
    if (from === undefined || !list?.patches.some((patch) => patch.from === from)) return whole;
    const content = await this.#store.open(patchKey(series, crlNumber, from));
    return content ? { ...whole, content, contentEncoding: 'dcz', etag: `"${list.crlNumber}-dcz-${from}"` } : whole;
  }
}
