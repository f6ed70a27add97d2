import type { Clock } from '@kakunin/calendar';
import { parseOcspRequest } from '@kakunin/ocsp';
import type { OcspRequest, SingleRequest } from '@kakunin/ocsp';
import type { AnsweredRequest, UsageRecorder } from '../metering/usage-recorder.ts';
import type { Answers, Question, ResponderSigner, Subject } from '../signing/answers.ts';
import type { Authorities } from './authorities.ts';
import type { CallerIdentification } from './caller.ts';
import type { OcspAnswer, OcspCall } from './ocsp-call.ts';
import { isRefusal, refusalOf } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import type { AuthorityStatus } from './status-source.ts';

export interface ResponderParts {
  readonly clock: Clock;
  readonly callers: CallerIdentification;
  readonly authorities: Authorities;
  readonly signers: { signerOf(authority: AuthorityStatus, now: number): ResponderSigner | undefined };
  readonly answers: Answers;
  readonly recorder: UsageRecorder;
}

/** Most certificates that one message may ask about. */
const LIMITS = { maxRequests: 16 };

/** Answers a request, step by step: each step gives what the next ones need, or ends with a refusal. */
export class Responder {
  readonly #parts: ResponderParts;

  constructor(parts: ResponderParts) {
    this.#parts = parts;
  }

  /** The usage of an answer is durable when the promise resolves; a refusal has none. Throws only what nobody foresaw. */
  async answer(call: OcspCall): Promise<OcspAnswer | Refusal> {
    const { clock, callers, authorities, signers } = this.#parts;
    const now = clock.now();
    const caller = callers.identify({ ...call, now });
    if (isRefusal(caller)) return caller;
    const request = parse(call.body);
    if (isRefusal(request)) return request;
    const found = authorities.find(request.requests, now);
    if (isRefusal(found)) return found;
    const signer = signers.signerOf(found.authority, now);
    if (!signer) return { refusal: 'signer_unavailable' };
    const { nonce } = request;
    const subjects = lookUp(request, found.authority);
    return this.#signAndRecord(
      { subjects, nonce, signer, asOf: found.asOf, now },
      { ...call, ...caller, authority: found.authority, subjects, hasNonce: nonce !== undefined, now },
    );
  }

  async #signAndRecord(question: Question, answered: AnsweredRequest): Promise<OcspAnswer | Refusal> {
    try {
      const answer = await this.#parts.answers.answer(question);
      const usage = await this.#parts.recorder.record(answered);
      return { ...answer, hasNonce: answered.hasNonce, usage };
    } catch (error) {
      return refusalOf(error);
    }
  }
}

function parse(body: Uint8Array): OcspRequest | Refusal {
  return parseOcspRequest(body, LIMITS).ok ?? { refusal: 'malformed_request' };
}

/** A parsed request asks about at least one certificate. */
function lookUp({ requests }: OcspRequest, authority: AuthorityStatus): readonly [Subject, ...Subject[]] {
  const subjectOf = ({ certId }: SingleRequest): Subject => ({ certId, state: authority.lookup(certId.serialNumber) });
  return requests.map(subjectOf) as [Subject, ...Subject[]];
}
