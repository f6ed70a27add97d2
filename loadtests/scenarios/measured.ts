import exec from 'k6/execution';
import { Counter, Trend } from 'k6/metrics';
import { type Failure, FAILURES, type Wrong } from '../lib/plan.ts';
import { here } from './here.ts';
import { plan } from './plan.ts';

/** Milliseconds of answers that came; what came before the load is measured is in none of them. */
export const ocspDuration = new Trend('ocsp_duration', true);
export const crlNotModifiedDuration = new Trend('crl_not_modified_duration', true);
export const crlDownloadDuration = new Trend('crl_download_duration', true);
export const identificationDuration = new Trend('identification_duration', true);
/** Definite answers: what is charged. */
const charged = new Counter('charged_answers');
/** Usage events that were taken: charged as well. */
const reported = new Counter('reported_events');
const refused = new Counter('refused');
const failed = new Counter('failed');
const wrong = new Counter('wrong_answers');
const asked = new Counter('asked');
const crlOctets = new Counter('crl_octets', false);

const BEFORE = -1;
/** Of this caller: which point of the report's curves its request belongs to, and the milliseconds between it and the next. */
const moment = { window: Number.NaN, length: plan.windowSeconds * 1_000, began: 0 };

/**
 * To be called first of all that is noted of a request. Its window is a tag of the caller, which k6 puts on all that follows
 * by itself: a tag of each sample costs more than the sample.
 */
export function noteAsked(): void {
  moment.began ||= here().startTime + plan.leadInSeconds * 1_000;
  const window = Math.max(BEFORE, Math.floor((Date.now() - moment.began) / moment.length));
  if (window !== moment.window) {
    moment.window = window;
    exec.vu.metrics.tags['window'] = `${window}`;
  }
  if (window !== BEFORE) asked.add(1);
}
/** @param milliseconds from the request until its answer */
export const noteDuration = (duration: Trend, milliseconds: number): void => {
  if (moment.window !== BEFORE) duration.add(milliseconds);
};
export const noteCharged = (): void => charged.add(1);
export const noteReported = (events: number): void => reported.add(events);
/** Refused to somebody who asks too much: as it should be, and charged to nobody. */
export const noteRefused = (): void => refused.add(1);
/** Nothing came back, or only that it should be tried later. */
export const noteFailed = (why: Failure): void => failed.add(1, { why });
/** An answer of HTTP that is no success. @param status 0: there was none */
export const noteHttpFailure = (status: number): void =>
  noteFailed(
    status === 0 ? 'no connection' : (FAILURES.find((failure) => failure === `http ${status}`) ?? 'http error'),
  );
/** An OCSPResponse that says nothing about a certificate. */
export const noteRefusal = (responseStatus: string): void =>
  noteFailed(FAILURES.find((failure) => failure === responseStatus) ?? 'other');
/** An answer that is not what it should be: none is tolerated. */
export const noteWrong = (what: Wrong): void => wrong.add(1, { what });
export const noteCrlOctets = (octets: number): void => crlOctets.add(octets);
