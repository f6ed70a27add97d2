import { formatJst } from '@kakunin/calendar';
import { type Html, html } from './html.ts';
import type { Wording } from './wording.ts';

/** A word in both languages, Japanese first. */
export const both = ({ ja, en }: Wording): Html => html`${ja} <span class="en" lang="en">${en}</span>`;

/** One row of a list of terms. */
export const row = (term: Wording, value: Html): Html =>
  html`<div>
    <dt>${both(term)}</dt>
    <dd>${value}</dd>
  </div>`;

/** An instant for people and for machines. */
export const instant = (milliseconds: number): Html =>
  html`<time datetime="${new Date(milliseconds).toISOString()}">${formatJst(milliseconds)}</time>`;

/** What stands where a source is away. */
export const unavailable: Html = html`<span class="unavailable"
  >取得できません <span class="en" lang="en">Unavailable right now</span></span
>`;
