import { both, instant, unavailable } from './fragments.ts';
import { type Html, html } from './html.ts';
import { formatAge } from './wording.ts';

/** How old status data is; @param asOf epoch milliseconds, undefined when it is not known */
export const age = (asOf: number | undefined, now: number): Html =>
  asOf === undefined ? unavailable : html`${both(formatAge(now - asOf))} <span class="note">${instant(asOf)}</span>`;
