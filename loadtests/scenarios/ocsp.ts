import { randomBytes } from 'k6/crypto';
import encoding from 'k6/encoding';
import exec from 'k6/execution';
import http from 'k6/http';
import type { RefinedResponse } from 'k6/http';
import type { AskedAuthority } from '../lib/plan.ts';
import { readOcspResponse } from '../lib/read-ocsp-response.ts';
import { NONCE_OCTETS, RequestWriter } from '../lib/request-template.ts';
import { certificateOfCheck } from '../model/population.ts';
import type { MadeUpCertificate } from '../model/population.ts';
import {
  noteAsked,
  noteCharged,
  noteHttpFailure,
  noteRefusal,
  noteRefused,
  noteWrong,
  ocspDuration,
  windowTag,
} from './measured.ts';
import { plan } from './plan.ts';

const CONTENT_TYPE = 'application/ocsp-request';
const writers = plan.authorities.map(({ withNonce, withoutNonce }) => ({
  withNonce: new RequestWriter(withNonce),
  withoutNonce: new RequestWriter(withoutNonce),
}));

interface Check {
  readonly authority: number;
  readonly certificate: MadeUpCertificate;
  readonly serial: number;
}

/** Which certificate the next check is about: the same in every run of this plan. */
function nextCheck(stream: number): Check {
  const number = exec.scenario.iterationInTest;
  const authority = authorityOf(number);
  const { population, firstSerial } = plan.authorities[authority] as AskedAuthority;
  const certificate = certificateOfCheck(population, plan.run * 16 + stream, number);
  return { authority, certificate, serial: firstSerial + certificate.ordinal };
}

/** Spreads the checks over the authorities by their shares, evenly in time. */
function authorityOf(number: number): number {
  let rest = (number * 0.6180339887498949) % 1;
  const found = plan.authorities.findIndex(({ share }) => (rest -= share) < 0);
  return found < 0 ? 0 : found;
}

function serviceProviderHere(): string {
  const { serviceProviders } = plan.caller;
  return serviceProviders[exec.scenario.iterationInTest % serviceProviders.length] ?? '';
}

interface Asked extends Check {
  readonly response: RefinedResponse<'binary'>;
  readonly request?: Uint8Array<ArrayBuffer>;
  readonly nonce?: Uint8Array;
  /** Whoever asks too much is told to try later, as it should be. */
  readonly isGreedy?: boolean;
}

function judge({ authority, certificate, response, request, nonce, isGreedy }: Asked): void {
  noteAsked();
  if (response.status !== 200 || !response.body) return noteHttpFailure(response.status);
  ocspDuration.add(response.timings.duration, windowTag());
  const octets = new Uint8Array(response.body);
  const answer = readOcspResponse(octets);
  if (!answer) return noteWrong('unreadable');
  if (isGreedy && answer.responseStatus === 'tryLater') return noteRefused();
  if (answer.responseStatus !== 'successful') return noteRefusal(answer.responseStatus);
  noteCharged();
  if (answer.certStatus !== (certificate.revoked ? 'revoked' : 'good')) return noteWrong('status');
  if (nonce && !(answer.nonce && nonce.every((octet, index) => octet === answer.nonce?.[index]))) {
    return noteWrong('nonce');
  }
  if (request && exec.scenario.iterationInTest % plan.checker.every === 0) checkSignature(authority, request, octets);
}

/** The checker keeps count itself of what it found wrong; it is asked at a rate that costs nothing beside the load. */
function checkSignature(authority: number, request: Uint8Array, answer: Uint8Array): void {
  const body = new Uint8Array(4 + request.length + answer.length);
  new DataView(body.buffer).setUint16(0, authority);
  new DataView(body.buffer).setUint16(2, request.length);
  body.set(request, 4);
  body.set(answer, 4 + request.length);
  http.post(plan.checker.url, body.buffer);
}

interface PostInput {
  /** Scenarios ask about other certificates than each other. */
  readonly stream: number;
  readonly headers?: Record<string, string>;
  readonly isGreedy?: boolean;
}

function post({ stream, headers = {}, isGreedy = false }: PostInput): void {
  const check = nextCheck(stream);
  const nonce = new Uint8Array(randomBytes(NONCE_OCTETS));
  const request = writers[check.authority]!.withNonce.write(check.serial, nonce);
  const response = http.post(`${plan.ocsp.mutualTlsUrl}/${serviceProviderHere()}`, request.buffer, {
    headers: { 'content-type': CONTENT_TYPE, ...headers },
    responseType: 'binary',
  });
  judge({ ...check, response, request, nonce, isGreedy });
}

/** POST with a nonce over mutual TLS: signed for this request, never from a cache. */
export const ocspPost = (): void => post({ stream: 0 });

/** The same, by callers that make a connection for each: a full handshake every time. */
export const ocspHandshake = (): void => post({ stream: 1, headers: { connection: 'close' } });

/** A platform provider that asks far more than it may. */
export const greedyCaller = (): void => post({ stream: 2, isGreedy: true });

/** GET without a nonce over plain HTTP (RFC 9919): may come from a cache, ours or a proxy's. */
export function ocspGet(): void {
  const check = nextCheck(3);
  const request = writers[check.authority]!.withoutNonce.write(check.serial);
  const path = encodeURIComponent(encoding.b64encode(request.buffer));
  const response = http.get(`${plan.ocsp.plainUrl}/${path}`, { responseType: 'binary' });
  judge({ ...check, response });
}
