import type { IncomingHttpHeaders } from 'node:http';

/** What identifies a version of a resource. */
export interface Validators {
  /** Strong, with its quotes (RFC 9110, 8.8.3). */
  readonly etag: string;
  /** Epoch milliseconds; HTTP knows whole seconds only. Absent: dates say nothing of this resource. */
  readonly lastModified?: number | undefined;
}

export type Evaluation = 'perform' | 'not_modified' | 'precondition_failed';

/** What the conditions of a GET or HEAD make of it, in the order of RFC 9110, 13.2.2. */
export function evaluateConditions(headers: IncomingHttpHeaders, version: Validators): Evaluation {
  if (headers['if-match'] !== undefined) {
    if (!names(headers['if-match'], version.etag, asIs)) return 'precondition_failed';
  } else if (isModifiedSince(headers['if-unmodified-since'], version) === true) {
    return 'precondition_failed';
  }
  if (headers['if-none-match'] !== undefined) {
    return names(headers['if-none-match'], version.etag, withoutWeakness) ? 'not_modified' : 'perform';
  }
  return isModifiedSince(headers['if-modified-since'], version) === false ? 'not_modified' : 'perform';
}

/** Whether a range may be taken of this version: always without If-Range (empty), else only of the very one named (RFC 9110, 13.1.5). */
export function allowsRange(ifRange: string, { etag, lastModified }: Validators): boolean {
  if (ifRange === '') return true;
  return ifRange.startsWith('"') ? ifRange === etag : Date.parse(ifRange) === wholeSeconds(lastModified ?? NaN);
}

const asIs = (etag: string): string => etag.trim();
const withoutWeakness = (etag: string): string => etag.trim().replace(/^W\//, '');

const names = (header: string, etag: string, compared: (etag: string) => string): boolean =>
  header.trim() === '*' || header.split(',').some((candidate) => compared(candidate) === etag);

const wholeSeconds = (instant: number): number => Math.floor(instant / 1_000) * 1_000;

/** undefined where a date is missing, or cannot be read. */
function isModifiedSince(date: string | undefined, { lastModified }: Validators): boolean | undefined {
  const since = Date.parse(date ?? '');
  return Number.isNaN(since) || lastModified === undefined ? undefined : wholeSeconds(lastModified) > since;
}
