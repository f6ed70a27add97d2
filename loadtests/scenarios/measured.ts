import exec from 'k6/execution';
import { Counter, Gauge, Trend } from 'k6/metrics';
import { type Failure, FAILURES, type Wrong } from '../lib/plan.ts';
import { plan } from './plan.ts';

/** Milliseconds, of answers that came. */
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
/** When this load began by the clock (epoch ms): k6 takes a while to start. */
const began = new Gauge('began');
const crlOctets = new Counter('crl_octets', false);

/** Which point of the report's curves this moment belongs to. */
export const windowTag = (): { window: string } => ({
  window: `${Math.floor((Date.now() - exec.scenario.startTime) / 1_000 / plan.windowSeconds)}`,
});

export function noteAsked(): void {
  if (exec.scenario.iterationInTest === 0) began.add(exec.scenario.startTime);
  asked.add(1, windowTag());
}
export const noteCharged = (): void => charged.add(1);
export const noteReported = (events: number): void => reported.add(events);
/** Refused to somebody who asks too much: as it should be, and charged to nobody. */
export const noteRefused = (): void => refused.add(1);
/** Nothing came back, or only that it should be tried later. */
export const noteFailed = (why: Failure): void => failed.add(1, { why, ...windowTag() });
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
