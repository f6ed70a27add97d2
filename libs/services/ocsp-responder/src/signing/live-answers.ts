import { assembleOcspResponse, encodeResponseData } from '@kakunin/ocsp';
import type { CertStatus, SingleResponse } from '@kakunin/ocsp';
import type { CertificateState } from '@kakunin/status-index';
import type { Extension } from '@kakunin/x509';
import type { Answers, Question, SignedAnswer } from './answers.ts';

export interface LiveAnswersOptions {
  /** From thisUpdate to nextUpdate, ms. */
  readonly validity: number;
  readonly neverIssued: 'unknown' | 'revoked';
  /** Told how long each signature took, seconds. */
  readonly onSigned: (seconds: number) => void;
}

/** RFC 6960, 4.4.8: "revoked" may also mean "never issued". */
const EXTENDED_REVOKE: Extension = { id: '1.3.6.1.5.5.7.48.1.9', critical: false, value: Uint8Array.of(0x05, 0x00) };

const wholeSeconds = (instant: number): number => Math.floor(instant / 1000) * 1000;

/** Signs each answer for the one who asked. */
export class LiveAnswers implements Answers {
  readonly #options: LiveAnswersOptions;

  constructor(options: LiveAnswersOptions) {
    this.#options = options;
  }

  async answer({ subjects, nonce, signer, asOf, now }: Question): Promise<SignedAnswer> {
    const { validity, neverIssued, onSigned } = this.#options;
    const thisUpdate = wholeSeconds(asOf);
    // Nobody may rely on an answer longer than on the certificate that signed it.
    const nextUpdate = Math.min(thisUpdate + validity, wholeSeconds(signer.certificate.notAfter));
    const responses = subjects.map(({ certId, state }): SingleResponse => {
      return { certId, certStatus: this.#certStatus(state), thisUpdate, nextUpdate };
    });
    const extended = neverIssued === 'revoked' && subjects.some(({ state }) => state.state === 'not_issued');
    const tbs = encodeResponseData({
      responderId: signer.responderId,
      producedAt: now,
      responses,
      nonce,
      extensions: extended ? [EXTENDED_REVOKE] : [],
    });
    const started = performance.now();
    const signature = await signer.key.sign(tbs);
    onSigned((performance.now() - started) / 1000);
    const certificates = [signer.certificate.der];
    const body = assembleOcspResponse({ tbs, algorithm: signer.key.algorithm, signature, certificates });
    return { body, thisUpdate, nextUpdate, source: 'live' };
  }

  #certStatus(state: CertificateState): CertStatus {
    if (state.state === 'good') return { status: 'good' };
    if (state.state === 'revoked') {
      return { status: 'revoked', revocationTime: state.revocationDate, reason: state.reason };
    }
    if (this.#options.neverIssued === 'unknown') return { status: 'unknown' };
    // RFC 6960, 2.2: the date and the reason that a certificate never issued must have.
    return { status: 'revoked', revocationTime: 0, reason: 'certificateHold' };
  }
}
