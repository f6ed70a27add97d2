import { randomBytes } from 'k6/crypto';
import encoding from 'k6/encoding';
import http from 'k6/http';
import type { RefinedResponse } from 'k6/http';
import { AnswerJudge } from '../lib/answer-judge.ts';
import { NONCE_OCTETS, type RequestTemplate, RequestWriter } from '../lib/request-template.ts';
import { nextCheck } from './checks.ts';
import { here } from './here.ts';
import {
  noteAsked,
  noteCharged,
  noteDuration,
  noteHttpFailure,
  noteRefusal,
  noteRefused,
  noteWrong,
  ocspDuration,
} from './measured.ts';
import { plan } from './plan.ts';

const partsOf = (template: RequestTemplate) => ({
  writer: new RequestWriter(template),
  judge: new AnswerJudge(template),
});
const authorities = plan.authorities.map(({ firstSerial, withNonce, withoutNonce }) => ({
  firstSerial,
  withNonce: partsOf(withNonce),
  withoutNonce: partsOf(withoutNonce),
}));

const urls = plan.caller.serviceProviders.map((serviceProvider) => `${plan.ocsp.mutualTlsUrl}/${serviceProvider}`);
const headers = { 'content-type': 'application/ocsp-request' };
const KEPT = { headers, responseType: 'binary' } as const;
const CLOSED = { headers: { ...headers, connection: 'close' }, responseType: 'binary' } as const;

/** Of this caller; its last four octets are counted on, which makes each one new at no cost. */
const nonce = new Uint8Array(randomBytes(NONCE_OCTETS));
const counter = new DataView(nonce.buffer, NONCE_OCTETS - 4);
let asked = 0;

interface Asked {
  readonly authority: number;
  readonly revoked: boolean;
  readonly judge: AnswerJudge;
  readonly request: Uint8Array;
  readonly response: RefinedResponse<'binary'>;
  /** Whoever asks too much is told to try later, as it should be. */
  readonly isGreedy?: boolean;
}

function note({ authority, revoked, judge, request, response, isGreedy = false }: Asked): void {
  noteAsked();
  if (response.status !== 200 || !response.body) return noteHttpFailure(response.status);
  noteDuration(ocspDuration, response.timings.duration);
  const answer = new Uint8Array(response.body);
  const judgement = judge.judge(answer, { request, revoked });
  if (typeof judgement === 'object') {
    return isGreedy && judgement.refused === 'tryLater' ? noteRefused() : noteRefusal(judgement.refused);
  }
  if (judgement !== 'unreadable') noteCharged();
  if (judgement !== 'right') return noteWrong(judgement);
  if (here().iterationInTest % plan.checker.every === 0) checkSignature(authority, request, answer);
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
  readonly parameters?: typeof KEPT | typeof CLOSED;
  readonly isGreedy?: boolean;
}

function post({ stream, parameters = KEPT, isGreedy = false }: PostInput): void {
  const { authority, ordinal, revoked } = nextCheck(stream);
  const { firstSerial, withNonce } = authorities[authority]!;
  counter.setUint32(0, (asked += 1));
  const request = withNonce.writer.write(firstSerial + ordinal, nonce);
  const url = urls[here().iterationInTest % urls.length]!;
  const response = http.post(url, request.buffer, parameters);
  note({ authority, revoked, judge: withNonce.judge, request, response, isGreedy });
}

/** POST with a nonce over mutual TLS: signed for this request, never from a cache. */
export const ocspPost = (): void => post({ stream: 0 });

/** The same, by callers that make a connection for each: a full handshake every time. */
export const ocspHandshake = (): void => post({ stream: 1, parameters: CLOSED });

/** A platform provider that asks far more than it may. */
export const greedyCaller = (): void => post({ stream: 2, isGreedy: true });

/** GET without a nonce over plain HTTP (RFC 9919): may come from a cache, ours or a proxy's. */
export function ocspGet(): void {
  const { authority, ordinal, revoked } = nextCheck(3);
  const { firstSerial, withoutNonce } = authorities[authority]!;
  const request = withoutNonce.writer.write(firstSerial + ordinal);
  const path = encodeURIComponent(encoding.b64encode(request.buffer));
  const response = http.get(`${plan.ocsp.plainUrl}/${path}`, { responseType: 'binary' });
  note({ authority, revoked, judge: withoutNonce.judge, request, response });
}
