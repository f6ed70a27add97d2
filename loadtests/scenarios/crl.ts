import http from 'k6/http';
import type { RefinedResponse, ResponseType } from 'k6/http';
import { here } from './here.ts';
import {
  crlDownloadDuration,
  crlNotModifiedDuration,
  noteAsked,
  noteCrlOctets,
  noteDuration,
  noteHttpFailure,
  noteWrong,
} from './measured.ts';
import { plan } from './plan.ts';

/** What this relying party keeps of each URL: its validator (RFC 9110, 8.8.3). */
const kept = new Map<string, string>();

const urlHere = (suffix: string): string => {
  const { authorityId } = plan.authorities[here().iterationInTest % plan.authorities.length]!;
  return `${plan.crlUrl}/${authorityId}${suffix}`;
};

/** As mirrors do: asks whether what it has is still the newest. */
export function crlConditional(): void {
  const url = urlHere('.crl');
  const etag = kept.get(url);
  const response = http.get(url, { headers: { ...coding, ...(etag && { 'if-none-match': etag }) } });
  noteAsked();
  if (response.status === 304) noteDuration(crlNotModifiedDuration, response.timings.duration);
  else download(url, response);
}

/** Somebody who keeps nothing. */
export const crlFull = (): void => {
  const url = urlHere('.crl');
  noteAsked();
  download(url, http.get(url, { headers: coding }));
};

/** Of the first authority: what is revoked under load is its. */
export const crlDelta = (): void => {
  const url = `${plan.crlUrl}/${plan.authorities[0]!.authorityId}/delta.crl`;
  noteAsked();
  download(url, http.get(url, { headers: coding }));
};

const coding = { 'accept-encoding': 'gzip' };

function download(url: string, response: RefinedResponse<ResponseType>): void {
  if (response.status !== 200) return noteHttpFailure(response.status);
  noteDuration(crlDownloadDuration, response.timings.duration);
  noteCrlOctets(Number(response.headers['Content-Length'] ?? 0));
  const etag = response.headers['Etag'];
  if (!etag || response.headers['Content-Type'] !== 'application/pkix-crl') return noteWrong('crl');
  kept.set(url, etag);
}
