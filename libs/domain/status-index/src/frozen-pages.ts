import type { PackedState } from './packed-state.ts';
import { PAGE_BITS } from './page-layout.ts';
import { RevokedPage } from './revoked-page.ts';
import type { StatusPages } from './status-pages.ts';

/** Revoked certificates page by page as they stood at one moment: of a page that is about to change a copy is kept. Writer's thread only. */
export class FrozenPages {
  readonly count: number;
  readonly #pages: StatusPages;
  readonly #kept = new Map<number, RevokedPage>();
  readonly #page = new RevokedPage();

  constructor(pages: StatusPages, count: number) {
    this.#pages = pages;
    this.count = count;
  }

  /** The page is about to change. */
  preserve(page: number): void {
    if (page >= this.count || this.#kept.has(page)) return;
    const copy = new RevokedPage();
    this.#pages.readPage(page, copy);
    this.#kept.set(page, copy.trimmed());
  }

  /** @returns good until the next call */
  read(page: number): RevokedPage {
    const kept = this.#kept.get(page);
    if (kept) return kept;
    this.#pages.readPage(page, this.#page);
    return this.#page;
  }

  /** Fills in the state of one revoked certificate. */
  readState(ordinal: number, target: PackedState): void {
    const kept = this.#kept.get(ordinal >>> PAGE_BITS);
    if (kept) kept.state(kept.indexOf(ordinal), target);
    else this.#pages.read(ordinal, target);
  }
}
