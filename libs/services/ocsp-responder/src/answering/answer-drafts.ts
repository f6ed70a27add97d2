import type { ResponseHead } from '@kakunin/http-fast-path';
import { EXTENDED_REVOKE, ordinaryRequest, singleExtensions } from '@kakunin/ocsp';
import type { OcspRequest, OrdinaryAnswer, OrdinaryRequest, SingleResponse } from '@kakunin/ocsp';
import type { ResponderSigner } from '../signing/responder-signer.ts';
import { SignerLayout } from '../signing/signer-layout.ts';
import type { UnsignedOctets } from '../signing/signer-layout.ts';
import type { Terms } from './current-terms.ts';
import type { Question } from './question.ts';
import { certStatusOf, tellStatus } from './status-told.ts';
import { lookUp } from './subject.ts';
import type { SerialPlace, Subject } from './subject.ts';

/** An answer before its signature. */
export interface Draft {
  readonly octets: UnsignedOctets;
  /** What it says, in the order of the request. */
  readonly subjects: readonly Subject[];
  /** Of the index, before the look-ups: a change since then may contradict it. */
  readonly generation: number;
  /** Epoch ms, whole seconds. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
}

const wholeSeconds = (instant: number): number => Math.floor(instant / 1000) * 1000;

/** Looks up what a question asks about, and lays the answer out. */
export class AnswerDrafts {
  readonly #head: ResponseHead;
  readonly #layouts = new WeakMap<ResponderSigner, SignerLayout>();
  /** Filled anew for each answer, or each certificate of one. */
  readonly #told: OrdinaryAnswer = blankAnswer();

  /** @param head of the HTTP response that the answer goes into */
  constructor(head: ResponseHead) {
    this.#head = head;
  }

  draft(question: Question, terms: Terms, now: number): Draft {
    const { authority, signer, policy } = terms;
    const told = this.#told;
    // First: what was acknowledged before this instant is in the index from here on.
    const thisUpdate = wholeSeconds(Math.min(authority.status.asOf ?? now, now));
    const { generation } = authority.status.index;
    told.producedAt = wholeSeconds(now);
    told.thisUpdate = thisUpdate;
    // Nobody may rely on an answer longer than on the certificate that signed it.
    const end = wholeSeconds(signer.certificate.notAfter);
    told.nextUpdate = Math.min(thisUpdate + policy.answerValiditySeconds * 1000, end);
    const { archiveCutoffSeconds: kept } = policy;
    told.archiveCutoff = kept === undefined ? undefined : told.producedAt - kept * 1000;
    const drafted = question.ordinary
      ? this.#ordinary(question.octets, question.ordinary, terms)
      : this.#general(question.octets, question.parsed, terms);
    return { ...drafted, generation, thisUpdate, nextUpdate: told.nextUpdate };
  }

  #ordinary(octets: Buffer, asked: OrdinaryRequest, terms: Terms): Pick<Draft, 'octets' | 'subjects'> {
    const subject = this.#tell(octets, { start: asked.serialNumberStart, end: asked.serialNumberEnd }, terms);
    this.#told.request = octets;
    this.#told.asked = asked;
    return { octets: this.#layoutOf(terms.signer).ordinary(this.#told), subjects: [subject] };
  }

  #general(octets: Buffer, { requests, nonce }: OcspRequest, terms: Terms): Pick<Draft, 'octets' | 'subjects'> {
    const told = this.#told;
    const subjects: Subject[] = [];
    let extendedRevoke = false;
    const responses = requests.map(({ certId }): SingleResponse => {
      const start = certId.serialNumber.byteOffset - octets.byteOffset;
      subjects.push(this.#tell(octets, { start, end: start + certId.serialNumber.length }, terms));
      extendedRevoke ||= told.extendedRevoke;
      const { thisUpdate, nextUpdate } = told;
      return { certId, certStatus: certStatusOf(told), thisUpdate, nextUpdate, extensions: singleExtensions(told) };
    });
    const extensions = extendedRevoke ? [EXTENDED_REVOKE] : [];
    const { producedAt } = told;
    return { octets: this.#layoutOf(terms.signer).general({ producedAt, responses, nonce, extensions }), subjects };
  }

  #tell(octets: Buffer, serial: SerialPlace, terms: Terms): Subject {
    const subject = lookUp(terms, octets, serial);
    tellStatus(subject, terms.policy, this.#told);
    this.#told.fingerprint = subject.fingerprint;
    return subject;
  }

  #layoutOf(signer: ResponderSigner): SignerLayout {
    const known = this.#layouts.get(signer);
    if (known) return known;
    const layout = new SignerLayout(signer, this.#head);
    this.#layouts.set(signer, layout);
    return layout;
  }
}

const blankAnswer = (): OrdinaryAnswer => ({
  request: new Uint8Array(),
  asked: ordinaryRequest(),
  certStatus: 'unknown',
  reasonCode: 0,
  revocationTime: 0,
  producedAt: 0,
  thisUpdate: 0,
  nextUpdate: 0,
  archiveCutoff: undefined,
  fingerprint: undefined,
  extendedRevoke: false,
});
